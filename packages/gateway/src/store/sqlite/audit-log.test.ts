import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { commit, sealEntry } from "@xinqiao/protocol/log";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditLogContract, claimOf, intentDraft } from "../../log/audit-log.contract.ts";
import { type ClaimsHarness, claimsContract } from "../../log/claims.contract.ts";
import { type EvidenceHarness, evidenceContract } from "../../log/evidence.contract.ts";
import { openAuditLog } from "./audit-log.ts";
import { openDatabase } from "./database.ts";
import { createLogWriter } from "./log-writer.ts";
import { readEvidence } from "./read-evidence.ts";
import { tagKey } from "./testing/tag-key.ts";
import { readEntries, verifyLog } from "./verify-log.ts";
import { type OpenedWithdrawals, openWithdrawals } from "./withdrawals.ts";

const harness = async (): Promise<ClaimsHarness & EvidenceHarness> => {
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-log-"));
  const path = join(folder, "log.db");
  const opened: OpenedWithdrawals[] = [];
  return {
    tagKey,
    open: () => openAuditLog({ path, origin: "sz", tagKey, now: Date.now, minFreeBytes: 0 }),
    async read() {
      const entries = readEntries(path);
      const database = new Database(path, { readonly: true });
      const rows = database.prepare<[], { leaf: string }>("SELECT leaf FROM entry ORDER BY idx").all();
      database.close();
      return rows.flatMap(({ leaf }, index) => {
        const entry = entries[index];
        return entry === undefined ? [] : [{ leaf, entry }];
      });
    },
    async evidence(index) {
      const evidence = readEvidence(path, index);
      return typeof evidence === "string" ? undefined : evidence;
    },
    async withdrawals() {
      const list = openWithdrawals(path);
      opened.push(list);
      return list;
    },
    async dispose() {
      for (const list of opened.splice(0)) list.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

auditLogContract("sqlite", harness);
claimsContract("sqlite", harness);
evidenceContract("sqlite", harness);

describe("audit log on SQLite", () => {
  let folder: string;
  let path: string;
  const open = (minFreeBytes = 0, now: () => number = Date.now) =>
    openAuditLog({ path, origin: "sz", tagKey, now, minFreeBytes });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-log-"));
    path = join(folder, "log.db");
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A log of ten entries, as it was closed: opening one, and its thread, costs more than all that is done to it. */
  let closed: string;

  beforeAll(async () => {
    closed = await mkdtemp(join(tmpdir(), "xinqiao-log-"));
    const file = { path: join(closed, "log.db"), origin: "sz", tagKey };
    const log = await openAuditLog({ ...file, now: Date.now, minFreeBytes: 0 });
    await Promise.all(
      Array.from({ length: 10 }, (_, turn) => log.append(intentDraft(), claimOf(`nonce-${turn}`))),
    );
    await log.close();
  });

  afterAll(() => rm(closed, { recursive: true, force: true }));

  /** Lets a second hand at a file of ten entries. */
  async function tamper(sql: string): Promise<void> {
    await cp(closed, folder, { recursive: true });
    const database = new Database(path);
    database.exec(sql);
    database.close();
  }

  it("is durable: a commit is synced in full", async () => {
    const log = await open();
    await log.append(intentDraft());
    await log.close();
    const database = new Database(path);
    expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
    database.close();
  });

  it("keeps what opens a commitment beside the log", async () => {
    const log = await open();
    await log.append(intentDraft());
    await log.close();
    const evidence = readEvidence(path, 0);
    if (typeof evidence === "string") throw new Error(evidence);
    const [opening] = evidence.kept.openings;
    if (opening === undefined) throw new Error("no opening");
    const committed = commit(Buffer.from(opening.key, "base64"), opening.value);
    expect(readEntries(path)[0]?.commitments?.subject).toBe(committed);
  });

  it("verifies when nobody has touched it", async () => {
    await tamper("SELECT 1");
    expect(verifyLog(path)).toMatchObject({ size: 10, findings: [] });
  });

  it.each([
    [
      "an edited leaf",
      "UPDATE entry SET leaf = replace(leaf, 'bid-review', 'licensing-review') WHERE idx = 3",
      "entry 3 is not what was written",
    ],
    [
      "a deleted entry",
      "DELETE FROM open_intent; DELETE FROM evidence WHERE entry = 4; DELETE FROM entry WHERE idx = 4",
      "entry 4 is missing",
    ],
    [
      "a cut-off tail",
      "DELETE FROM open_intent; DELETE FROM evidence WHERE entry > 7; DELETE FROM entry WHERE idx > 7",
      "the head says 10",
    ],
    ["a changed node", "UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND idx = 2", "node 1/2"],
    ["a changed head", "UPDATE head SET root = zeroblob(32)", "root is not the root"],
    ["an extra node", "INSERT INTO node VALUES (9, 9, zeroblob(32))", "nodes are stored"],
    [
      "an entry listed under another exchange",
      "UPDATE entry SET exchange = 'other' WHERE idx = 5",
      "entry 5 is listed as something it is not",
    ],
    [
      "what is kept beside one entry moved to another",
      "UPDATE evidence SET sealed = (SELECT sealed FROM evidence WHERE entry = 5) WHERE entry = 6",
      "entry 6: what is kept beside it does not open",
    ],
    [
      "an opening taken away by nobody's leave",
      "DELETE FROM evidence WHERE entry = 6",
      "1 entries have lost what opens their commitments, 0 by what the log says",
    ],
    [
      "a key that was destroyed alone",
      "DELETE FROM subject_key",
      "entry 6: what is kept beside it does not open",
    ],
    [
      "an open intent that is hidden",
      "DELETE FROM open_intent WHERE entry = 7",
      "intent 7 has no outcome but is not listed as open",
    ],
  ])("finds %s", async (_what, sql, finding) => {
    await tamper(sql);
    expect(verifyLog(path).findings.join("\n")).toContain(finding);
  });

  it.each([
    [
      "whose tail is gone",
      "DELETE FROM open_intent; DELETE FROM evidence WHERE entry > 7; DELETE FROM entry WHERE idx > 7",
    ],
    ["whose head is wrong", "UPDATE head SET root = zeroblob(32)"],
    [
      "whose newest entry was edited",
      "UPDATE entry SET leaf = replace(leaf, '441900', '441300') WHERE idx = 9",
    ],
    ["whose newest hashes were edited", "UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND idx = 8"],
  ])("does not write to a log %s", async (_what, sql) => {
    await tamper(sql);
    await expect(open()).rejects.toThrow("damaged");
  });

  it("names an edited entry once, and not again for every hash above it", async () => {
    await tamper("UPDATE entry SET leaf = replace(leaf, 'bid-review', 'bad-review') WHERE idx IN (0, 3)");
    expect(verifyLog(path).findings).toEqual([
      "entry 0 is not what was written: its leaf hash differs",
      "entry 3 is not what was written: its leaf hash differs",
      "the head's root is not the root of the entries",
    ]);
  });

  it("verifies one snapshot, whatever is written meanwhile", () => {
    const database = openDatabase(path);
    const writer = createLogWriter(database);
    const { leaf } = sealEntry({ kind: "gateway.stopped", exchange: null, actor: null }, 0, Buffer.alloc);
    const staged = { at: 0, kind: "gateway.stopped", exchange: null, actor: null, leaf };
    writer.write(Array(10_000).fill(staged));
    const before = writer.head();
    const report = verifyLog(path, () => void writer.write([staged]));
    expect(writer.head().size).toBe(10_001);
    database.close();
    expect(report).toEqual({ ...before, findings: [], erased: 0, partial: 0 });
  });

  it("can be closed twice, and writes what was appended before", async () => {
    const log = await open();
    const appended = log.append(intentDraft());
    await Promise.all([log.close(), log.close()]);
    expect(await appended).toMatchObject({ ok: true, value: { index: 0, size: 1 } });
    expect(readEntries(path)).toHaveLength(1);
  });

  it("forgets a nonce only after it has expired", async () => {
    let now = 1_000_000;
    const log = await open(0, () => now);
    await log.append(intentDraft(), claimOf("one", now + 100));
    now += 50;
    await log.append(intentDraft());
    expect(await log.append(intentDraft(), claimOf("one", now + 100))).toMatchObject({ ok: false });
    now += 100 + 3_600_000;
    await log.append(intentDraft());
    expect(await log.append(intentDraft(), claimOf("one", now + 100))).toMatchObject({ ok: true });
    await log.close();
  });

  it("forgets what was used of an allowance, and a withdrawal, only well after their time", async () => {
    let now = 1_000_000;
    const log = await open(0, () => now);
    const name = "authorisation:sz-baoan:1";
    const rows = () => {
      const database = new Database(path, { readonly: true });
      const count = (table: string) =>
        database.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n;
      const counted = [count("allowance"), count("withdrawal")];
      database.close();
      return counted;
    };
    const allowances = [{ name, most: 1, until: now + 1_000, exceeded: "authorisation.used-up" } as const];
    await log.append(intentDraft(), { ...claimOf("one", now + 1_000), allowances });
    await log.append({
      kind: "authorisation.withdrawn",
      exchange: null,
      actor: null,
      authorisation: "0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60",
      issuer: nodeIdSchema.parse("dg"),
      until: new Date(now + 1_000).toISOString(),
    });
    now += 3_600_000;
    await log.append(intentDraft());
    expect(rows()).toEqual([1, 1]);
    now += 3_600_000;
    await log.append(intentDraft());
    expect(rows()).toEqual([0, 0]);
    await log.close();
  });

  it("keeps its reserve for closing what has begun", async () => {
    const log = await open(Number.MAX_SAFE_INTEGER);
    expect(log.health()).toEqual({ ok: false, code: "log.full" });
    expect(await log.append(intentDraft())).toEqual({ ok: false, error: { code: "log.full" } });
    const { exchange } = intentDraft();
    const outcome = await log.append({
      kind: "lookup.outcome",
      exchange,
      actor: null,
      intent: 0,
      complete: false,
      rows: [],
    });
    expect(outcome.ok).toBe(true);
    await log.close();
  });

  it("is written by one process at a time: a second one is told, and the first goes on", async () => {
    const log = await open();
    const intent = await log.append(intentDraft());
    await expect(open()).rejects.toThrow("in use");
    const { exchange } = intentDraft();
    const outcome = await log.append({
      kind: "lookup.outcome",
      exchange,
      actor: null,
      intent: 0,
      complete: true,
      rows: [],
    });
    expect([intent.ok, outcome.ok]).toEqual([true, true]);
    await log.close();
    const again = await open();
    expect(again.interrupted, "the second one closed nothing of the first").toBe(0);
    await again.close();
  });

  it("does not open a database of a newer version", async () => {
    await tamper("PRAGMA user_version = 999");
    await expect(open()).rejects.toThrow("newer version");
  });
});
