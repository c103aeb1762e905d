import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { PageToSweep } from "../../sharing/index.ts";
import { openHub } from "./sharing.ts";
import { createHubCorrections } from "./sharing-corrections.ts";
import { openSharingFile } from "./sharing-file.ts";
import { createGivenOut } from "./sharing-given-out.ts";
import { createMemberSets } from "./sharing-member-sets.ts";
import { createReaders } from "./sharing-readers.ts";
import { createSweeping } from "./sharing-sweeping.ts";
import { plansOf } from "./testing/plans.ts";

const readers = Array.from({ length: 200 }, (_, at) => nodeIdSchema.parse(`r${at}`));
const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const before = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f61");
const page: PageToSweep = {
  source: nodeIdSchema.parse("dg"),
  page: { feed, from: 1, last: 1, hash: "h", complete: true },
  changes: [],
  at: 1_000,
  holders: () => readers,
  today: "2026-01-01",
  dueOn: () => "2026-01-02",
};

let folder: string;
let path: string;

/** Sixty records of a feed before, and two hundred readers. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-sweeping-"));
  path = join(folder, "sharing.db");
  const database = openSharingFile(path);
  database.exec(`
    CREATE TEMP TABLE number AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) SELECT i FROM n;
    INSERT INTO source (node, feed, up_to, head, whole) VALUES ('dg', '${feed}', 0, 'h', NULL);
    INSERT INTO change (position, seq, item, jurisdiction, kind, line, moved)
      SELECT 1, i, 'penalty', '441900', 'enterprise', 'line', 0 FROM number;
    INSERT INTO held (source, record, position, seq, given, feed, version, state, item, scheme, subject)
      SELECT 'dg', 'penalty:' || i, 1, i, 1, '${before}', 1, 'current', 'penalty', 'uscc', 'x' FROM number;`);
  const subscribe = database.prepare(
    "INSERT INTO subscriber (node, position, subscription, at) VALUES (?, 1, '{}', 1)",
  );
  for (const reader of readers) subscribe.run(reader);
  database.close();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it("goes in turns of so many holders as well", () => {
  const database = new Database(path, { readonly: true });
  const waited = database.prepare("SELECT count(*) FROM correction_holder").pluck();
  const hub = openHub(path);
  const after: unknown[] = [];
  let next: string | undefined = "";
  do {
    next = hub.sweep(page, next);
    after.push(waited.get());
  } while (next !== undefined);
  expect(after).toEqual([5_000, 10_000, 12_000]);
  hub.close();
  database.close();
});

it("goes in turns of more records where few of them go", () => {
  const database = new Database(path);
  database.exec(`UPDATE held SET feed = '${feed}' WHERE record NOT IN ('penalty:1', 'penalty:9')`);
  database.close();
  const hub = openHub(path);
  expect(hub.sweep(page, "")).toBeUndefined();
  expect(hub.version(page.source, "penalty:9")).toBeUndefined();
  hub.close();
});

it("looks at the records of its turn, and at none behind them", () => {
  const plans = plansOf(path, (database) => {
    const corrections = createHubCorrections(database);
    const sets = createMemberSets(database);
    const givenOut = createGivenOut({ readers: createReaders(database, sets), sets });
    createSweeping(database, { corrections, givenOut, noteHad: () => undefined })(page, "");
  });
  expect(plans).toContain("SEARCH held USING PRIMARY KEY (source=? AND record>? AND record<?)");
});
