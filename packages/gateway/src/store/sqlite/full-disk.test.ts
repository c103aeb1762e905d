import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimOf, intentDraft } from "../../log/audit-log.contract.ts";
import { createAuditLog, type OpenedAuditLog } from "./audit-log.ts";
import { type Database, openDatabase } from "./database.ts";
import { attempt, type Failure } from "./failure.ts";
import { createLogWriter } from "./log-writer.ts";
import { tagKey } from "./testing/tag-key.ts";
import { readEntries, verifyLog } from "./verify-log.ts";
import type { Writer } from "./writer-thread.ts";

/** The worker's writer without the worker, so that the test can reach into its connection. */
function writerOn(database: Database): Writer {
  const writer = createLogWriter(database);
  return {
    opened: { ...writer.head(), interrupted: writer.openIntents() },
    write: async (staged, late) => attempt(() => writer.write(staged, late)),
    remove: async (removal) => attempt(() => writer.remove(removal)),
    keepCheckpoint: async (checkpoint) => attempt(() => writer.keepCheckpoint(checkpoint)),
    letGo: async (from, to) => attempt(() => writer.letGo(from, to)),
    probe: async (at) => attempt(() => writer.probe(at)),
    close: async () => void database.close(),
  };
}

/** A full disk by SQLite's own measure: `max_page_count` fails where a full disk does, with SQLITE_FULL. */
describe("audit log on a full disk", () => {
  let folder: string;
  let path: string;
  let database: Database;
  let free: number;
  let failures: Failure[];
  let check: () => Promise<void>;
  let log: OpenedAuditLog;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-log-"));
    path = join(folder, "log.db");
    database = openDatabase(path);
    free = 1_000;
    failures = [];
    log = await createAuditLog(
      { origin: "sz", now: Date.now, tagKey, randomBytes, onFailure: (failure) => failures.push(failure) },
      {
        writer: writerOn(database),
        minFreeBytes: 500,
        freeBytes: async () => free,
        repeat(task) {
          check = task;
          return () => undefined;
        },
      },
    );
  });

  afterEach(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  const takeAllPages = () => {
    database.pragma("wal_checkpoint(TRUNCATE)");
    database.pragma(`max_page_count = ${database.pragma("page_count", { simple: true })}`);
  };
  const giveBackPages = () => database.pragma("max_page_count = 100000");
  const refused = { ok: false, error: { code: "log.full" } };

  async function fillUp(): Promise<number> {
    takeAllPages();
    for (let turn = 0; turn < 1_000; turn += 1) {
      const results = await Promise.all(Array.from({ length: 8 }, () => log.append(intentDraft())));
      if (results.every((result) => !result.ok)) return log.head().size;
    }
    throw new Error("the disk never filled up");
  }

  it("fails the whole commit with log.full, writes nothing of it and spends no nonce", async () => {
    await fillUp();
    const before = log.head();
    giveBackPages();
    await check();
    takeAllPages();
    const many = Array.from({ length: 400 }, (_, turn) => log.append(intentDraft(), claimOf(`${turn}`)));
    expect(new Set((await Promise.all(many)).map((result) => result.ok))).toEqual(new Set([false]));
    expect(log.head()).toEqual(before);
    giveBackPages();
    await check();
    expect(await log.append(intentDraft(), claimOf("0"))).toMatchObject({ ok: true });
    expect(verifyLog(path)).toMatchObject({ ...log.head(), findings: [] });
  });

  it("says so, takes nothing new, and recovers by itself when space returns", async () => {
    const size = await fillUp();
    expect(log.health()).toEqual({ ok: false, code: "log.full" });
    expect(failures, "told once, in SQLite's words").toMatchObject([
      { code: "log.full", reason: expect.stringContaining("SQLITE_FULL") },
    ]);
    const stop = () => log.append({ kind: "gateway.stopped", exchange: null, actor: null });
    expect(await Promise.all(Array.from({ length: 200 }, stop))).toEqual(Array(200).fill(refused));
    expect(
      failures,
      "what closes something is tried all the same, and failing is still told once",
    ).toHaveLength(1);
    await check();
    expect(log.health(), "still full").toEqual({ ok: false, code: "log.full" });
    expect(await log.append(intentDraft())).toEqual(refused);

    giveBackPages();
    expect(await stop()).toMatchObject({ ok: true, value: { index: size } });
    expect(log.health(), "one small write may have fitted anywhere").toEqual({ ok: false, code: "log.full" });
    await check();
    expect(log.health()).toEqual({ ok: true });
    expect(await log.append(intentDraft())).toMatchObject({ ok: true, value: { index: size + 1 } });
    expect(verifyLog(path)).toMatchObject({ size: size + 2, findings: [] });
  });

  it("does not take room for one page for a disk with space", async () => {
    await fillUp();
    const pages = Number(database.pragma("page_count", { simple: true }));
    database.pragma(`max_page_count = ${pages + 1}`);
    await check();
    expect(log.health()).toEqual({ ok: false, code: "log.full" });
  });

  it("refuses before the disk is full: below the reserve only what closes an exchange is written", async () => {
    const intent = await log.append(intentDraft());
    if (!intent.ok) throw new Error("not appended");
    free = 499;
    await check();
    expect(log.health()).toEqual({ ok: false, code: "log.full" });
    expect(await log.append(intentDraft(), claimOf("one"))).toEqual(refused);
    const outcome = await log.append({
      kind: "lookup.outcome",
      exchange: readEntries(path)[0]?.exchange ?? null,
      actor: null,
      intent: intent.value.index,
      complete: false,
      rows: [],
    });
    expect(outcome).toMatchObject({ ok: true, value: { index: 1 } });
    expect(log.health(), "a write that went well is not space").toEqual({ ok: false, code: "log.full" });

    free = 500;
    await check();
    expect(log.health()).toEqual({ ok: true });
    expect(await log.append(intentDraft(), claimOf("one"))).toMatchObject({ ok: true });
  });

  it("keeps to what it knew when the file system does not say how full it is", async () => {
    const broken = await createAuditLog(
      { origin: "sz", now: Date.now, tagKey, randomBytes },
      {
        writer: writerOn(openDatabase(join(folder, "other.db"))),
        minFreeBytes: 1,
        freeBytes: () => Promise.reject(new Error("statfs")),
        repeat: () => () => undefined,
      },
    );
    expect(broken.health()).toEqual({ ok: true });
    await broken.close();
  });
});
