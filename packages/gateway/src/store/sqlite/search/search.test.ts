import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leafHash } from "@xinqiao/protocol/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intentDraft } from "../../../log/audit-log.contract.ts";
import { caseTag, subjectTags } from "../../../log/index.ts";
import { indexedCriteria } from "../../../search/index.ts";
import { openAuditLog } from "../audit-log.ts";
import { openDatabase } from "../database.ts";
import { openHashIndex } from "./hashes.ts";
import { openSearch } from "./open.ts";
import { openSearchIndex } from "./search-thread.ts";

const tagKey = Buffer.alloc(32);

describe("the search index", () => {
  let folder: string;
  const paths = () => ({ log: join(folder, "log.db"), search: join(folder, "search.db"), tagKey });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xinqiao-search-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const openLog = () =>
    openAuditLog({
      path: paths().log,
      origin: "sz",
      tagKey,
      now: Date.now,
      minFreeBytes: 0,
    });

  async function write(count: number): Promise<void> {
    const log = await openLog();
    for (let turn = 0; turn < count; turn += 1) await log.append(intentDraft());
    await log.close();
  }

  function found() {
    const index = openSearch(paths());
    while (index.step());
    const { lines, size } = index.search({ criteria: {}, limit: 1_000 });
    index.close();
    return { size, indexes: lines.map(({ entries }) => entries[0]?.index) };
  }

  it("goes on where it was left", async () => {
    await write(2);
    expect(found()).toEqual({ size: 2, indexes: [1, 0] });
    await write(1);
    // The second start closes what the first has left open: 0 and 1 are closed by 2 and 3.
    expect(found()).toEqual({ size: 5, indexes: [4, 1, 0] });
  });

  it("is built anew when it was thrown away, is no index, or was made from another log", async () => {
    await write(3);
    const whole = found();
    rmSync(paths().search);
    expect(found()).toEqual(whole);
    writeFileSync(paths().search, randomBytes(8_192));
    for (const end of ["-wal", "-shm"]) rmSync(`${paths().search}${end}`, { force: true });
    expect(found()).toEqual(whole);
    for (const end of ["", "-wal", "-shm"]) rmSync(`${paths().log}${end}`, { force: true });
    await write(1);
    expect(found()).toEqual({ size: 1, indexes: [0] });
  });

  it("follows a log that is written to, in a thread of its own, and is found by what was just appended", async () => {
    const log = await openLog();
    const index = await openSearchIndex(paths());
    try {
      for (let turn = 1; turn <= 20; turn += 1) {
        await log.append(intentDraft());
        const page = await index.search({ criteria: {}, limit: 1 });
        expect(page).toMatchObject({ ok: true, value: { size: turn } });
        if (page.ok) expect(page.value.root).toBe(log.head().root);
      }
    } finally {
      await index.close();
      await log.close();
    }
  });

  it("that fails is told about, says that it cannot be searched, and leaves the log alone", async () => {
    const log = await openLog();
    const reasons: string[] = [];
    const search = join(folder, "nowhere", "search.db");
    const index = await openSearchIndex({ ...paths(), search, onFailure: (reason) => reasons.push(reason) });
    try {
      expect(await index.search({ criteria: {}, limit: 1 })).toMatchObject({
        error: { code: "log.search-unavailable" },
      });
      expect(reasons.join()).toContain("directory does not exist");
      expect(await log.append(intentDraft())).toMatchObject({ ok: true });
    } finally {
      await index.close();
      await log.close();
    }
  });

  it("finds an entry by the hash of its leaf, and none that is only alike in its first bytes", async () => {
    await write(5);
    const hashes = openHashIndex(paths());
    const { indexes } = found();
    expect(indexes).toHaveLength(5);
    const database = openDatabase(paths().log);
    const leaf = database.prepare<[], string>("SELECT leaf FROM entry WHERE idx = 3").pluck().get();
    database.close();
    const hash = leafHash(Buffer.from(leaf ?? ""));
    expect(hashes.indexOfHash(hash)).toBe(3);
    const alike = Buffer.concat([hash.subarray(0, 8), Buffer.alloc(24)]);
    expect(hashes.indexOfHash(alike)).toBeUndefined();
    expect(hashes.indexOfHash(hash.subarray(0, 8))).toBeUndefined();
    hashes.close();
  });

  it("finds what was asked under one case, and nothing once what shows it was erased", async () => {
    const log = await openLog();
    const subject = "uscc:91440300MADEM00032";
    const asked = (caseReference?: string) =>
      log.append({ ...intentDraft(), private: { subject, ...(caseReference && { caseReference }) } });
    await asked("示例案2026-1");
    await asked("示例案2026-2");
    await asked();
    // No reference has the tag of a subject.
    await asked(subject);
    const index = openSearch(paths());
    while (index.step());
    const of = (caseReference: string) =>
      index
        .search({ criteria: indexedCriteria({ caseReference }, tagKey), limit: 10 })
        .lines.map(({ entries }) => entries[0]?.index);
    expect(of("示例案2026-1")).toEqual([0]);
    expect(of(subject)).toEqual([3]);
    expect(of("示例案2026-3")).toEqual([]);
    const tag = subjectTags(tagKey)(subject);
    expect(caseTag(tagKey, subject).toString("hex")).not.toBe(tag);
    await log.erase({ tag, reason: "unlawful" });
    index.forget(tag);
    expect(of("示例案2026-1")).toEqual([]);
    index.close();
    await log.close();
    const bytes = readFileSync(paths().search);
    expect(bytes.includes(caseTag(tagKey, "示例案2026-1"))).toBe(false);
  });

  it("finds what is about one subject by its tag, and nothing once the tag was taken out", async () => {
    await write(3);
    const tag = randomBytes(16);
    const database = openDatabase(paths().log);
    database.prepare("UPDATE evidence SET tag = ? WHERE entry = 1").run(tag);
    database.close();
    const index = openSearch(paths());
    while (index.step());
    const of = (wanted: Uint8Array) =>
      index.search({ criteria: { tag: wanted }, limit: 10 }).lines.map(({ entries }) => entries[0]?.index);
    expect(of(tag)).toEqual([1]);
    expect(of(randomBytes(16))).toEqual([]);
    const erasing = openDatabase(paths().log);
    erasing.prepare("DELETE FROM evidence WHERE tag = ?").run(tag);
    erasing.close();
    const log = await openLog();
    await log.append({
      kind: "subject.erased",
      exchange: null,
      actor: null,
      entries: 1,
      reason: "time-ended",
    });
    await log.close();
    while (index.step());
    expect(of(tag)).toEqual([]);
    index.close();
    expect(existsSync(paths().search)).toBe(true);
  });
});
