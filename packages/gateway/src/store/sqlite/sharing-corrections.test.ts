import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { feedIdSchema, type Receipt } from "@xinqiao/protocol/sync";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createHubCorrections } from "./sharing-corrections.ts";
import { openSharingFile } from "./sharing-file.ts";
import { plansOf } from "./testing/plans.ts";

const [first, second, third] = [0, 1, 2].map((at) =>
  feedIdSchema.parse(`0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f6${at}`),
) as [Receipt["feed"], Receipt["feed"], Receipt["feed"]];
const [dg, away, here] = ["dg", "hz", "sz-baoan"].map((node) => nodeIdSchema.parse(node)) as [
  NodeId,
  NodeId,
  NodeId,
];
/** More than two turns have, and than a holder is waited for by few. */
const all = 1_200;

let folder: string;
let path: string;

/** One is away and all wait for it; for the other the last three do. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-corrections-"));
  path = join(folder, "sharing.db");
  const database = openSharingFile(path);
  database.exec(`
    CREATE TEMP TABLE number AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${all}) SELECT i FROM n;
    INSERT INTO correction (id, source, feed, seq, record, change, effect, opened_at, due_on, due_feed, due_seq, waiting)
      SELECT i, 'dg', 'f', i, 'penalty:' || i, 'c', 'repaired', 1, '2026-01-01',
        iif(i % 2 = 0, '${first}', '${third}'), i, 1 + (i > ${all - 3}) FROM number;
    INSERT INTO correction_holder (correction, node) SELECT i, '${away}' FROM number;
    INSERT INTO correction_holder (correction, node) SELECT i, '${here}' FROM number WHERE i > ${all - 3};`);
  database.close();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const read = (sql: string): unknown => {
  const database = new Database(path, { readonly: true });
  const value = database.prepare(sql).pluck().get();
  database.close();
  return value;
};

const receiptFor = (feed: Receipt["feed"], upTo: number, refused: Receipt["refused"] = []) => ({
  receipt: { iss: here, source: dg, feed, upTo, head: "h", iat: 1, refused },
  text: "t",
  sha256: "s",
});

const acknowledging = (holder: NodeId, receipt: ReturnType<typeof receiptFor>) =>
  plansOf(path, (database) => createHubCorrections(database).port.acknowledge(holder, [receipt], 1_000));

const acknowledged = `SELECT group_concat(node || ' ' || correction, ', ') FROM correction_holder WHERE receipt IS NOT NULL`;

it("is acknowledged at the cost of what waits for the holder, whatever waits for one that is away", () => {
  const refused = [{ seq: all, code: "sync.item-unknown" as const }];
  const plans = acknowledging(here, receiptFor(first, all, refused));
  expect(plans.filter((step) => step.includes("correction_open"))).toEqual([]);
  expect(plans).toContain("SEARCH correction_holder USING INDEX correction_lacks (node=?)");
  expect(read(acknowledged)).toBe(`${here} ${all - 2}`);
  expect(read(`SELECT waiting FROM correction WHERE id = ${all - 2}`)).toBe(1);
});

it("is acknowledged by one that comes back at the cost of what its receipt is for", () => {
  const plans = acknowledging(away, receiptFor(first, 5));
  expect(plans.filter((step) => step.includes("correction_open"))).toHaveLength(1);
  expect(read(acknowledged)).toBe(`${away} 2, ${away} 4`);
});

it("waits for a holder or not some at a time, and one that is gone already is not gone through again", () => {
  const turns = (isGone: boolean) => {
    const ends: (number | undefined)[] = [];
    const plans = plansOf(path, (database) => {
      const { setGone } = createHubCorrections(database).port;
      let end = setGone(away, isGone);
      for (; end !== undefined; end = setGone(away, isGone, end)) ends.push(end);
    });
    const range = "(node=? AND gone=? AND correction>? AND correction<?)";
    expect(plans).toContain(`SEARCH correction_holder USING INDEX correction_lacks ${range}`);
    expect(plans.filter((step) => /SCAN|LIST/.test(step))).toEqual([]);
    return ends;
  };
  const waiting = "SELECT sum(waiting) FROM correction";
  expect(turns(true)).toEqual([500, 1_000]);
  expect(read(waiting)).toBe(3);
  expect(turns(true), "nothing is left to do").toEqual([]);
  expect(turns(false)).toEqual([500, 1_000]);
  expect(read(waiting)).toBe(all + 3);
});

it("is acknowledged with a feed that is whole, of feeds before it and of none after it", () => {
  const database = new Database(path);
  const page = database.prepare(
    `INSERT INTO page (source, feed, from_seq, last, hash, head, refused, at) VALUES ('dg', ?, 1, 9, 'h', 'h', '[]', 1)`,
  );
  for (const feed of [first, second, third]) page.run(feed);
  database.exec(`INSERT INTO source VALUES ('dg', '${third}', 9, 'h', NULL, '${second}', 7)`);
  database.close();
  const count = "SELECT count(*) FROM correction_holder WHERE receipt IS NOT NULL";
  acknowledging(away, receiptFor(second, 6));
  expect(read(count), "it was not whole there").toBe(0);
  const plans = acknowledging(away, receiptFor(second, 7));
  expect(read(count)).toBe(all / 2);
  expect(read(`${count} AND correction % 2 = 1`), "due in the feed after").toBe(0);
  expect(plans.filter((step) => /SCAN (correction|page|source)/.test(step))).toEqual([]);
  expect(plans).toContain("SEARCH correction USING INDEX correction_open (source=? AND due_feed>?)");
});
