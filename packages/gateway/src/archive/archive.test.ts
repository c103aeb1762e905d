import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signCheckpoint } from "@xinqiao/protocol/checkpoint";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import {
  consistencyProof,
  inclusionProof,
  type LogEntryDraft,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from "@xinqiao/protocol/log";
import { keyNameSchema, noteKey, noteSigner } from "@xinqiao/protocol/note";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { intentDraft } from "../log/audit-log.contract.ts";
import { entriesOf, openAuditLog, openPublishedLog, readEntries, verifyLog } from "../store/sqlite/index.ts";
import { nodeReader } from "../witnesses/index.ts";
import { archiveLog } from "./archive-log.ts";
import { archiveOf } from "./layout.ts";

const origin = keyNameSchema.parse("xinqiao/sz");
const tagKey = Buffer.alloc(32, 7);
const begin = Date.parse("2026-03-01T00:00:00Z");
const size = 2_000;
const keep = 256;

describe("the log's archive", () => {
  let folder: string;
  let path: string;
  let now: number;
  const opened: { close(): unknown }[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-archive-"));
    path = join(folder, "log.db");
    now = begin;
  });

  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async () => {
    const log = await openAuditLog({ path, origin, tagKey, now: () => now, minFreeBytes: 0, randomBytes });
    opened.push(log);
    return log;
  };
  const publish = () => {
    const published = openPublishedLog(path);
    opened.push(published);
    return published;
  };

  /** Two thousand entries, a second apart, and a checkpoint over all of them: written once, and every case has a copy. */
  let written: string;

  beforeAll(async () => {
    written = await mkdtemp(join(tmpdir(), "xinqiao-archive-"));
    path = join(written, "log.db");
    now = begin;
    const log = await open();
    await write(log);
    await log.close();
    opened.splice(0);
  });

  afterAll(() => rm(written, { recursive: true, force: true }));

  async function fill() {
    await cp(written, folder, { recursive: true });
    now = begin + size * 1_000;
    return open();
  }

  /** An exchange is two entries beside one another: what is closed is not touched again when the log is opened. */
  async function write(log: Awaited<ReturnType<typeof open>>) {
    const append = (draft: LogEntryDraft) => {
      now += 1_000;
      return log.append(draft);
    };
    for (let at = 0; at < size; at += 500) {
      await Promise.all(
        Array.from({ length: 250 }, (_, pair) => {
          const draft = intentDraft();
          const { exchange, actor } = draft;
          const intent = at + 2 * pair;
          const end = { kind: "lookup.outcome", exchange, actor, intent, complete: true, rows: [] } as const;
          return Promise.all([append(draft), append(end)]);
        }),
      );
    }
    const jwk = generatePrivateJwk("ed25519");
    const signer = importSigner(jwk);
    if (!signer.ok) throw new Error(signer.error);
    const { root } = log.head();
    const key = noteKey("signature", origin, publicOf(jwk));
    const note = await signCheckpoint({ origin, size, root: Buffer.from(root, "base64") }, [
      noteSigner(key, signer.value),
    ]);
    await log.keepCheckpoint({ size, at: now, note, cosigners: 0 });
  }

  const archived = archiveOf;
  /** Full tiles that are older than the newest entries. */
  const most = Math.floor((size - keep) / 256) * 256;

  it("takes old entries out of the database; everything is read, proved and verified as before", async () => {
    const log = await fill();
    const before = readEntries(path);
    const published = publish();
    const proofsOf = () => {
      const read = nodeReader(published);
      return [0, 255, 256, 1_535, 1_536, size - 1].map((index) => inclusionProof(read, index, size));
    };
    const [proofs, tiles] = [proofsOf(), published.hashes(0, 256, 512)];
    const bytes = () =>
      new Database(path, { readonly: true }).prepare("SELECT sum(length(leaf)) FROM entry").pluck().get();
    const kept = Number(bytes());
    const done = await archiveLog(now, { folder: archived(path), published, log, keep });
    expect(done).toEqual({ size: most, moved: most });
    expect(Number(bytes())).toBeLessThan(kept * 0.8);
    expect(published.archived()).toBe(most);
    expect(readEntries(path)).toEqual(before);
    expect(published.hashes(0, 256, 512)).toEqual(tiles);
    expect(published.hashes(3, 30, 34)).toHaveLength(4);
    expect(proofsOf()).toEqual(proofs);
    const root = Buffer.from(log.head().root, "base64");
    const [leaf = Buffer.alloc(0), outcome = Buffer.alloc(0)] = published.leaves(300, 302);
    const proof = inclusionProof(nodeReader(published), 300, size);
    expect(verifyInclusion({ index: 300, size, leafHash: leafHash(leaf), root, proof })).toBe(true);
    const [oldSize, oldRoot] = [777, published.rootAt(777)];
    const extends_ = consistencyProof(nodeReader(published), oldSize, size);
    expect(verifyConsistency({ oldSize, newSize: size, oldRoot, newRoot: root, proof: extends_ })).toBe(true);
    expect(verifyLog(path)).toMatchObject({ size, root: log.head().root, findings: [] });
    const exchange = before[300]?.exchange ?? "";
    expect(entriesOf(path, exchange)).toEqual([
      { index: 300, leaf: leaf.toString() },
      { index: 301, leaf: outcome.toString() },
    ]);
    expect(await archiveLog(now, { folder: archived(path), published, log, keep })).toEqual({
      size: most,
      moved: 0,
    });
  });

  it("goes on after a restart: what is appended then verifies with what is archived", async () => {
    const log = await fill();
    await archiveLog(now, { folder: archived(path), published: publish(), log, keep: 1_024 });
    await log.close();
    const again = await open();
    await again.append(intentDraft());
    expect(verifyLog(path)).toMatchObject({ root: again.head().root, findings: [] });
  });

  it("takes what is older, and no tile that is not older as a whole", async () => {
    const log = await fill();
    const first = begin + 1_000;
    const done = await archiveLog(first + 700_000, {
      folder: archived(path),
      published: publish(),
      log,
      keep,
    });
    expect(done).toEqual({ size: 512, moved: 512 });
  });

  it.each([
    ["before a tile is read", 2, false],
    ["while its files are written", 2, true],
    ["before the commit", 4, false],
    ["after the commit, before it is heard of", 4, true],
    ["between two commits", 6, false],
  ])("broken off %s, is taken up again, and nothing is lost", async (_, step, after) => {
    const log = await fill();
    const before = readEntries(path);
    const published = publish();
    let steps = 0;
    const breaking =
      <A extends unknown[], R>(work: (...given: A) => R) =>
      (...given: A): R => {
        const dies = steps === step;
        steps += 1;
        if (dies && !after) throw new Error("power cut");
        const result = work(...given);
        if (dies) throw new Error("power cut");
        return result;
      };
    const cut = {
      folder: archived(path),
      published: { ...published, leaves: breaking(published.leaves) },
      log: { letGo: breaking(log.letGo) },
      keep,
    };
    await expect(archiveLog(now, cut)).rejects.toThrow("power cut");
    // The commit was sent or not: whoever comes next looks.
    await log.append(intentDraft());
    expect(verifyLog(path).findings).toEqual([]);
    expect(readEntries(path).slice(0, size)).toEqual(before);
    expect((await archiveLog(now, { folder: archived(path), published, log, keep })).size).toBe(most);
    expect(verifyLog(path).findings).toEqual([]);
    expect(readEntries(path).slice(0, size)).toEqual(before);
  });

  it("writes a file again that a broken-off run left in half, and lets go of nothing that reads back wrong", async () => {
    const log = await fill();
    const published = publish();
    await archiveLog(now, {
      folder: archived(path),
      published,
      log: { letGo: async () => ({ ok: false, error: { code: "log.full" } }) },
      keep,
    }).catch((error: Error) => expect(error.message).toContain("log.full"));
    expect(published.archived()).toBe(0);
    const [part = ""] = await readdir(archived(path));
    const bundle = join(archived(path), part, "tile", "entries", "000");
    const whole = await readFile(bundle);
    await truncate(bundle, 100);
    await archiveLog(now, { folder: archived(path), published, log, keep });
    expect(await readFile(bundle)).toEqual(whole);
    expect(verifyLog(path).findings).toEqual([]);
  });

  it("that is damaged or gone is named, and answers nobody", async () => {
    const log = await fill();
    const published = publish();
    await archiveLog(now, { folder: archived(path), published, log, keep });
    const [part = ""] = await readdir(archived(path));
    const bundle = join(archived(path), part, "tile", "entries", "001");
    const bytes = await readFile(bundle);
    bytes.write("subsidy-re", bytes.indexOf("bid-review"));
    await writeFile(bundle, bytes);
    expect(verifyLog(path).findings[0]).toContain("entry 256");
    await rename(archived(path), `${archived(path)}.gone`);
    const late = publish();
    expect(() => late.leaves(0, 256)).toThrow("归档文件无法读取");
    expect(() => late.hashes(0, 0, 256)).toThrow("归档文件无法读取");
    expect(verifyLog(path).findings.join()).toContain("归档文件无法读取");
  });

  it("refuses to let go of entries out of turn", async () => {
    const log = await fill();
    await expect(log.letGo(256, 512)).resolves.toMatchObject({ ok: false });
    expect(verifyLog(path).findings).toEqual([]);
  });
});
