import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intentDraft } from "../../log/audit-log.contract.ts";
import { subjectTags } from "../../log/index.ts";
import { openAuditLog } from "./audit-log.ts";
import { openReadOnly } from "./database.ts";
import { readEvidence } from "./read-evidence.ts";
import { seal, unseal } from "./sealing.ts";
import { tagKey } from "./testing/tag-key.ts";
import { verifyLog } from "./verify-log.ts";

describe("what is sealed beside an entry", () => {
  const key = randomBytes(32);
  const place = { entry: 7, part: "entry" } as const;

  it("opens with its key in its place, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(unseal(key, place, seal(key, place, text))).toBe(text);
      }),
    );
  });

  it("opens with no other key, in no other place, and with no byte changed", () => {
    const sealed = seal(key, place, '{"名":"信桥"}');
    expect(unseal(randomBytes(32), place, sealed)).toBeUndefined();
    expect(unseal(key, { ...place, entry: 8 }, sealed)).toBeUndefined();
    expect(unseal(key, { ...place, part: "response" }, sealed)).toBeUndefined();
    for (const at of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(unseal(key, place, changed), `byte ${at}`).toBeUndefined();
      expect(unseal(key, place, sealed.subarray(0, at))).toBeUndefined();
    }
  });
});

describe("evidence on SQLite", () => {
  let folder: string;
  let path: string;
  const open = (now: () => number = Date.now) =>
    openAuditLog({ path, origin: "sz", tagKey, now, minFreeBytes: 0 });
  const tagOf = subjectTags(tagKey);
  const about = (subject: string): LogEntryDraft => ({ ...intentDraft(), private: { subject } });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-log-"));
    path = join(folder, "log.db");
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("leaves every proof intact when a subject is erased, and the log says what it has lost", async () => {
    const log = await open();
    for (const subject of ["uscc:A", "uscc:B", "uscc:A"]) await log.append(about(subject));
    await log.erase({ tag: tagOf("uscc:A"), reason: "unlawful" });
    const { size, root } = log.head();
    await log.close();
    expect(verifyLog(path)).toMatchObject({ size, root, findings: [], erased: 2 });
    expect(readEvidence(path, 0)).toBe("nothing");
    expect(readEvidence(path, 1)).toMatchObject({ kept: { openings: [{ value: "uscc:B" }] } });
  });

  it("empties the journal of what was erased as soon as its readers are gone, and waits for none", async () => {
    const log = await open();
    await log.append(about("uscc:A"));
    const reader = openReadOnly(path);
    const key = reader.prepare<[], Buffer>("SELECT key FROM subject_key").pluck().get();
    if (key === undefined) throw new Error("no key");
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM entry").get();
    await log.erase({ tag: tagOf("uscc:A"), reason: "unlawful" });
    expect(await holds(key), "a reader still sees it").toBe(true);
    reader.close();
    await expect.poll(() => holds(key)).toBe(false);
    await log.close();
  });

  async function holds(key: Buffer): Promise<boolean> {
    const names = await readdir(folder);
    const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
    return files.some((bytes) => bytes.includes(key));
  }

  it("destroys every byte of an erased key, among thousands that stay", async () => {
    const log = await open();
    const subjects = Array.from({ length: 3_000 }, (_, turn) => `uscc:${turn}`);
    await Promise.all(subjects.map((subject) => log.append(about(subject))));
    const reader = openReadOnly(path);
    const keyOf = reader.prepare<[Buffer], Buffer>("SELECT key FROM subject_key WHERE tag = ?").pluck();
    const erased = subjects.filter((_, turn) => turn % 30 === 0);
    const keys = erased.map((subject) => keyOf.get(Buffer.from(tagOf(subject), "hex")) ?? Buffer.alloc(0));
    reader.close();
    expect(await holds(keys[0] ?? Buffer.alloc(1))).toBe(true);
    for (const subject of erased) await log.erase({ tag: tagOf(subject), reason: "time-ended" });
    await log.close();
    for (const key of keys) {
      expect(key).toHaveLength(32);
      expect(await holds(key)).toBe(false);
    }
    expect(verifyLog(path)).toMatchObject({ findings: [], erased: 100 });
  });

  it("is kept to the end of its time by the gateway's clock and not a millisecond beyond a sweep", async () => {
    let now = Date.parse("2026-03-01T00:00:00Z");
    const log = await open(() => now);
    await log.append(about("uscc:A"));
    await log.append(about("uscc:B"), undefined, { until: Date.parse("2036-03-01T00:00:00Z") });
    now = Date.parse("2031-03-01T00:00:00Z");
    expect(await log.expire()).toEqual({ ok: true, value: 0 });
    now += 1;
    expect(await log.expire()).toEqual({ ok: true, value: 1 });
    await log.close();
    expect(readEvidence(path, 0)).toBe("nothing");
    expect(readEvidence(path, 1)).toMatchObject({ kept: {} });
    const database = new Database(path, { readonly: true });
    const tags = database.prepare<[], Buffer>("SELECT tag FROM subject_key").pluck().all();
    database.close();
    expect(
      tags.map((tag) => tag.toString("hex")),
      "a key that opens nothing is gone",
    ).toEqual([tagOf("uscc:B")]);
    expect(verifyLog(path)).toMatchObject({ findings: [], erased: 1 });
  });

  it("seals what earlier versions kept in the clear, and nothing of it stays readable", async () => {
    const log = await open();
    await log.append(about("uscc:A"));
    await log.append({ kind: "gateway.stopped", exchange: null, actor: null });
    await log.append(about("uscc:B"));
    await log.close();
    const kept = [0, 2].map((entry) => readEvidence(path, entry));
    const database = new Database(path);
    database.exec(`
      CREATE TABLE opening (
        entry INTEGER NOT NULL REFERENCES entry (idx), field TEXT NOT NULL, key BLOB NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (entry, field)
      ) STRICT, WITHOUT ROWID;
      DELETE FROM evidence;
      DELETE FROM subject_key;`);
    const insert = database.prepare("INSERT INTO opening VALUES (?, ?, ?, ?)");
    for (const [place, evidence] of kept.entries()) {
      if (typeof evidence === "string") throw new Error(evidence);
      for (const { field, key, value } of evidence.kept.openings)
        insert.run(place * 2, field, Buffer.from(key, "base64"), value);
    }
    database.close();
    expect(await holds(Buffer.from("uscc:A"))).toBe(true);
    const again = await open();
    await again.close();
    expect([0, 2].map((entry) => readEvidence(path, entry))).toEqual(kept);
    expect(verifyLog(path)).toMatchObject({ findings: [], erased: 0 });
    expect(await holds(Buffer.from("uscc:A"))).toBe(false);
  });
});
