import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createHubAttendance } from "./sharing-attendance.ts";
import { openSharingFile } from "./sharing-file.ts";

const feed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60");
const [dg, hz] = ["dg", "hz"].map((node) => nodeIdSchema.parse(node));

let folder: string;
let database: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-attendance-"));
  database = openSharingFile(join(folder, "sharing.db"));
  database.exec(`
    INSERT INTO source (node, feed, up_to, head, whole) VALUES ('dg', '${feed}', 60, 'h', '${feed}'), ('hz', '${feed}', 10, 'h', NULL);
    INSERT INTO page (position, source, feed, from_seq, last, hash, head, refused, at) VALUES
      (1, 'dg', '${feed}', 1, 20, 'a', 'h', '[]', 1000), (2, 'hz', '${feed}', 1, 10, 'b', 'h', '[]', 2000),
      (3, 'dg', '${feed}', 21, 50, 'c', 'h', '[]', 3000), (4, 'dg', '${feed}', 51, 60, 'd', 'h', '[]', 4000);
    INSERT INTO subscriber (node, position, subscription, at, applied) VALUES
      ('r-all', 4, '{"items":"all"}', 9000, 4), ('r-behind', 4, '{"items":"all"}', 9000, 2), ('r-lacking', 4, '{"items":"all"}', 9000, 4),
      ('r-none', 4, '{"items":"all"}', 9000, 3), ('r-as-far', 4, '{"items":"all"}', 9000, 2);
    INSERT INTO receipt VALUES
      ('r-all', 'dg', '${feed}', 60, 't', 0), ('r-all', 'hz', '${feed}', 10, 't', 0),
      ('r-behind', 'dg', '${feed}', 20, 't', 0), ('r-behind', 'hz', '${feed}', 10, 't', 0),
      ('r-lacking', 'dg', '${feed}', 20, 't', 0), ('r-lacking', 'hz', '${feed}', 10, 't', 0),
      ('r-as-far', 'dg', '${feed}', 20, 't', 0), ('r-as-far', 'hz', '${feed}', 10, 't', 0);`);
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

it("says how far everybody is, by where it asked and by its receipts", () => {
  const { sources, subscribers, newest } = createHubAttendance(database).standing();
  expect(newest).toBe(4);
  expect(sources).toMatchObject([
    { source: dg, isWhole: true, at: 4000 },
    { source: hz, isWhole: false, at: 2000 },
  ]);
  const behind = { behind: 2, changesBehind: 40, behindSince: 3000, missing: [] };
  expect(subscribers).toMatchObject([
    { node: "r-all", behind: 0, changesBehind: 0, behindSince: null, missing: [] },
    { node: "r-as-far", ...behind },
    { node: "r-behind", ...behind },
    { node: "r-lacking", behind: 2, changesBehind: 0, behindSince: 3000, missing: [dg] },
    { node: "r-none", behind: 4, changesBehind: 10, behindSince: 1000, missing: [dg, hz] },
  ]);
});

it("knows of one source whether it is whole", () => {
  const { isWhole } = createHubAttendance(database);
  expect(["dg", "hz", "nobody"].map((node) => isWhole(nodeIdSchema.parse(node)))).toEqual([
    true,
    false,
    false,
  ]);
});

it("counts no more than ten thousand of the pages that a reader lacks, of all sources together", () => {
  database.exec(`
    CREATE TEMP TABLE number AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) SELECT i FROM n;
    INSERT INTO page (source, feed, from_seq, last, hash, head, refused, at)
      SELECT node, '${feed}', 100 + i, 100 + i, 'h', 'h', '[]', 5000 FROM number, source ORDER BY i, node;
    UPDATE source SET up_to = 6100;
    UPDATE subscriber SET applied = 12004;`);
  const { subscribers } = createHubAttendance(database).standing();
  const most = { behind: 10_000, changesBehind: 0 };
  expect(subscribers).toMatchObject([
    { node: "r-all", ...most, behindSince: 5000, missing: [dg, hz] },
    { node: "r-as-far", ...most, behindSince: 3000, missing: [dg, hz] },
    { node: "r-behind", ...most, missing: [dg, hz] },
    { node: "r-lacking", ...most, missing: [dg, hz] },
    { node: "r-none", ...most, behindSince: 1000, missing: [dg, hz] },
  ]);
});
