import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { type CreditRecord, recordFromRow } from "@xinqiao/protocol/record";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TestFolder, testFolder } from "../intake/testing/folder.ts";
import { listingRow, penaltyRow, testItem, testJurisdiction, testUscc } from "../intake/testing/rows.ts";
import { takenSql } from "./delivery-taken.ts";
import { endedSql } from "./inbox.ts";
import { schemaVersion } from "./migrations.ts";
import { findSql } from "./records.ts";
import { type AgentStore, openStore } from "./store.ts";

const penalty = itemCodeSchema.parse("penalty");
const listing = itemCodeSchema.parse("abnormal-operation");
const noCounts = { received: 0, accepted: 0, unchanged: 0, quarantined: 0, duplicates: 0 };
const day = (n: number) => new Date(Date.UTC(2026, 1, n)).toISOString();

let folder: TestFolder;
let path: string;
let store: AgentStore;

beforeEach(() => {
  folder = testFolder();
  path = folder.path("store.db");
  store = openStore(path);
});

afterEach(() => {
  store.close();
  folder[Symbol.dispose]();
});

function recordOf(row: Record<string, string>, code = "penalty", recordedAt = day(1)): CreditRecord {
  const record = recordFromRow(testItem(code), row, { jurisdiction: testJurisdiction, recordedAt });
  if (!record.ok) throw new Error(JSON.stringify(record.error));
  return record.value;
}

const start = (item = penalty, startedAt = day(1)) =>
  store.imports.start({ file: "a.csv", sha256: "00", item, startedAt });
const subject = (n: number) => ({ scheme: "uscc", id: testUscc(n) }) as const;

function reopen(): void {
  store.close();
  store = openStore(path);
}

describe("the agent's store: records", () => {
  it("gives a record back as it was put in, after a restart too", () => {
    const record = recordOf(penaltyRow(1));
    const session = start();
    expect(session.take([record])).toEqual(["added"]);
    session.close();
    expect(store.find(subject(1), [penalty]).records).toEqual([record]);
    reopen();
    expect(store.find(subject(1), [penalty]).records).toEqual([record]);
  });

  it("keeps under which catalogue a record was made, until it says something else under another", () => {
    const put = (changes: Record<string, string>, catalogueVersion: number) => {
      const session = start();
      const taken = session.take([{ ...recordOf(penaltyRow(1, changes)), catalogueVersion }]);
      session.close();
      return [taken[0], store.find(subject(1), [penalty]).records[0]?.catalogueVersion];
    };
    expect(put({}, 1)).toEqual(["added", 1]);
    expect(put({}, 2)).toEqual(["unchanged", 1]);
    expect(put({ CF_NR: "示例改正" }, 3)).toEqual(["changed", 3]);
  });

  it("finds by subject and items, and nothing else", () => {
    const session = start();
    session.take([
      recordOf(penaltyRow(1)),
      recordOf(penaltyRow(2)),
      recordOf(listingRow(1), "abnormal-operation"),
    ]);
    session.close();
    const found = (n: number, items = [penalty]) =>
      store.find(subject(n), items).records.map(({ item }) => item);
    expect(found(1)).toEqual(["penalty"]);
    expect(found(1, [penalty, listing]).toSorted()).toEqual(["abnormal-operation", "penalty"]);
    expect(found(1, [])).toEqual([]);
    expect(found(3)).toEqual([]);
    expect(store.find({ scheme: "registration-number", id: testUscc(1) }, [penalty]).records).toEqual([]);
  });

  it("reads by its index", () => {
    const database = new Database(path, { readonly: true });
    const plan = database
      .prepare<[string, string, string], { detail: string }>(`EXPLAIN QUERY PLAN ${findSql}`)
      .all("uscc", "x", "[]")
      .map(({ detail }) => detail);
    database.close();
    expect(plan[0]).toBe("SEARCH record USING INDEX record_by_subject (scheme=? AND subject=? AND item=?)");
    expect(plan.filter((step) => step.startsWith("SCAN"))).toEqual(["SCAN json_each VIRTUAL TABLE INDEX 1:"]);
  });

  it("finds copies that have ended by their index", () => {
    const database = new Database(path);
    const plan = database
      .prepare<[string], { detail: string }>(`EXPLAIN QUERY PLAN ${endedSql}`)
      .all("2026-01-01")
      .map(({ detail }) => detail);
    database.close();
    expect(plan[0]).toBe("SEARCH copy USING COVERING INDEX copy_ending (until<?)");
  });

  it("finds the copies that a platform has within some of a source's, none of another's", () => {
    const database = new Database(path, { readonly: true });
    const plan = database
      .prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${takenSql}`)
      .all({ source: "dg", after: "", to: "x", today: "2026-01-01" })
      .map(({ detail }) => detail);
    database.close();
    expect(plan[0]).toBe(
      "SEARCH copy USING INDEX sqlite_autoindex_copy_1 (source=? AND record>? AND record<?)",
    );
    expect(plan.filter((step) => step.startsWith("SCAN"))).toEqual([
      "SCAN delivery",
      "SCAN json_each VIRTUAL TABLE INDEX 1:",
    ]);
  });

  it("makes versions only of what differs, whatever the order of columns", () => {
    const first = recordOf(penaltyRow(1));
    const shuffled = { ...first, fields: Object.fromEntries(Object.entries(first.fields).toReversed()) };
    const put = (record: CreditRecord) => {
      const session = start();
      const taken = session.take([record]);
      session.close();
      return taken;
    };
    put(first);
    expect(put(shuffled)).toEqual(["unchanged"]);
    expect(put(recordOf(penaltyRow(1, { CF_NR_FK: "1" }), "penalty", day(2)))).toEqual(["changed"]);
    expect(put(recordOf(penaltyRow(1, { CF_GSJZQ: "" }), "penalty", day(3)))).toEqual(["changed"]);
    expect(store.find(subject(1), [penalty]).records).toMatchObject([{ version: 3, recordedAt: day(3) }]);
    expect(store.find(subject(1), [penalty]).records[0]).not.toHaveProperty("disclosedUntil");
  });

  it("tells a repeated row of one import from one that contradicts it", () => {
    const session = start();
    const record = recordOf(penaltyRow(1));
    expect(session.take([record, record])).toEqual(["added", "duplicate"]);
    expect(session.take([recordOf(penaltyRow(1, { CF_NR_FK: "1" }))])).toEqual(["conflict"]);
    session.close();
    const next = start();
    expect(next.take([record])).toEqual(["unchanged"]);
    next.close();
  });

  it("takes a batch whole or not at all", () => {
    const session = start();
    const broken = { ...recordOf(penaltyRow(2)), occurredOn: undefined };
    expect(() => session.take([recordOf(penaltyRow(1)), broken as unknown as CreditRecord])).toThrow();
    session.close();
    expect(store.find(subject(1), [penalty]).records).toEqual([]);
  });
});

describe("the agent's store: imports", () => {
  it("knows up to when each item's imports say how things stand", () => {
    const finish = (item: typeof penalty, at: string, counts = noCounts) => {
      const session = start(item, at);
      session.finish(counts, at);
      session.close();
    };
    finish(penalty, day(3));
    finish(penalty, day(2));
    finish(listing, day(1), { ...noCounts, received: 2, quarantined: 1, accepted: 1 });
    finish(listing, day(5), { ...noCounts, received: 2, quarantined: 2 });
    start(listing, day(6)).close();
    expect(store.find(subject(1), []).coverage).toEqual(
      new Map([
        [penalty, day(3)],
        [listing, day(1)],
      ]),
    );
  });

  it("lists the newest first, with what came of them", () => {
    const session = start();
    const counts = { received: 5, accepted: 1, unchanged: 1, quarantined: 2, duplicates: 1 };
    session.finish(counts, day(2));
    session.close();
    start(listing, day(3)).close();
    expect(store.imports.list(10)).toEqual([
      { id: 2, file: "a.csv", sha256: "00", item: "abnormal-operation", startedAt: day(3), ...noCounts },
      {
        id: 1,
        file: "a.csv",
        sha256: "00",
        item: "penalty",
        startedAt: day(1),
        finishedAt: day(2),
        ...counts,
      },
    ]);
    expect(store.imports.list(1).map(({ id }) => id)).toEqual([2]);
  });

  it("keeps quarantined rows in order for their sender, and no longer than it must", () => {
    const rows = Array.from({ length: 1200 }, (_, n) => ({
      line: n + 2,
      reasons: [{ field: "CF_WSH", reason: "required" }, { reason: "column-count" }],
      cells: [`示例${n}`, ""],
    }));
    const session = start();
    session.quarantine(rows.slice(600));
    session.quarantine(rows.slice(0, 600));
    session.close();
    expect([...store.imports.quarantined(session.id)]).toEqual(rows);
    expect(store.imports.purgeQuarantine(day(1))).toBe(0);
    expect(store.imports.purgeQuarantine(day(2))).toBe(1200);
    expect([...store.imports.quarantined(session.id)]).toEqual([]);
  });

  it("can be written to while kept-back rows are read", () => {
    const session = start();
    session.quarantine([{ line: 2, reasons: [], cells: [] }]);
    for (const _ of store.imports.quarantined(session.id))
      expect(store.claimNonce("key", "nonce", 4_102_444_800_000)).toBe(true);
    session.close();
  });
});

describe("the agent's store: nonces", () => {
  it("remembers a nonce whose process was killed the moment after", () => {
    const script = `
      const { openStore } = await import(${JSON.stringify(new URL("./store.ts", import.meta.url).href)});
      openStore(${JSON.stringify(path)}).claimNonce("key", "nonce", 4_102_444_800_000);
      process.kill(process.pid, "SIGKILL");`;
    const killed = spawnSync(process.execPath, ["--input-type=module", "--eval", script]);
    expect(killed.signal).toBe("SIGKILL");
    expect(store.claimNonce("key", "nonce", 4_102_444_800_000)).toBe(false);
  });
});

describe("the agent's store: its file", () => {
  it("is its owner's alone", () => {
    for (const suffix of ["", "-wal", "-shm"]) expect(statSync(path + suffix).mode & 0o077).toBe(0);
  });

  it("is written ahead, and made once", () => {
    const database = new Database(path);
    expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(database.pragma("user_version", { simple: true })).toBe(schemaVersion);
    database.close();
    reopen();
    expect(store.imports.list(1)).toEqual([]);
  });

  it("is brought up to date with its records, made before it was known under which catalogue", () => {
    const session = start();
    session.take([{ ...recordOf(penaltyRow(1)), catalogueVersion: 1 }]);
    session.close();
    store.close();
    const database = new Database(path);
    const triggers = ["added", "changed", "added_digest", "changed_digest", "dropped_digest"];
    for (const name of triggers) database.exec(`DROP TRIGGER record_${name}`);
    for (const column of ["catalogue_version", "changed_at", "import"])
      database.exec(`ALTER TABLE record DROP COLUMN ${column}`);
    const later = [
      "book",
      "book_begun",
      "reconciled",
      "reconciled_until",
      "pending",
      "pending_sweep",
      "told_item",
      "withheld_item",
      "listed_item",
      "untold",
      "record_queueing",
      "known_gone",
      "feed",
      "page",
    ];
    const read = ["copy", "followed", "followed_page", "missed", "reading", "undropped"];
    const digested = ["digest_entry", "digest_group", "digest_range", "undigested"];
    const delivered = ["copy_change", "copy_queueing", "dead_letter", "delivery"];
    const taken = ["batch", "said_state", "stream", "stream_row", "file_row"];
    const raised = ["case_file", "case_reading", "case_unopened", "case_unsent", "copy_dispute"];
    for (const table of [
      ...later,
      ...read,
      ...digested,
      ...taken,
      ...raised,
      "revocation_unsent",
      "revocation",
      ...delivered,
      "refused",
    ])
      database.exec(`DROP TABLE ${table}`);
    database.exec("DROP INDEX import_by_time");
    database.pragma("user_version = 3");
    database.close();
    store = openStore(path);
    expect(store.find(subject(1), [penalty]).records).toEqual([recordOf(penaltyRow(1))]);
  });

  it("is not touched when a newer agent has made it", () => {
    const database = new Database(path);
    database.pragma(`user_version = ${schemaVersion + 1}`);
    database.close();
    expect(() => openStore(path)).toThrow("update the agent");
  });
});
