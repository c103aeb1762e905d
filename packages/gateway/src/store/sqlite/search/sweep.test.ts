import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealEntry } from "@xinqiao/protocol/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intentDraft } from "../../../log/audit-log.contract.ts";
import { type Database, openDatabase, openReadOnly } from "../database.ts";
import { createLogWriter, type LogWriter } from "../log-writer.ts";
import { type OpenedSearch, openSearch } from "./open.ts";

const until = Date.parse("2099-01-01");
const tagOf = (subject: number) => createHash("sha256").update(`${subject}`).digest("hex").slice(0, 32);

describe("what was erased from the log", () => {
  let folder: string;
  let database: Database;
  let writer: LogWriter;
  let index: OpenedSearch;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xinqiao-sweep-"));
    database = openDatabase(join(folder, "log.db"));
    database.pragma("synchronous = OFF");
    writer = createLogWriter(database);
  });

  afterEach(() => {
    index.close();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const searchFile = () => join(folder, "search.db");
  function open(): void {
    index = openSearch({ log: join(folder, "log.db"), search: searchFile(), tagKey: Buffer.alloc(32) });
  }

  function write(subjects: readonly number[]): void {
    const { leaf } = sealEntry(intentDraft(), 1_000, Buffer.alloc);
    const evidence = (subject: number) => ({ tag: tagOf(subject), until, kept: '{"openings":[]}' });
    const entry = { at: 1_000, kind: "lookup.intent", exchange: null, actor: null, leaf };
    writer.write(subjects.map((subject) => ({ ...entry, evidence: evidence(subject) })));
  }

  const erase = (subject: number) =>
    writer.remove({ do: "erase", tag: tagOf(subject), reason: "unlawful", at: 1_000 });

  const found = (subject: number) =>
    index
      .search({ criteria: { tag: Buffer.from(tagOf(subject), "hex") }, limit: 10 })
      .lines.map(({ entries }) => entries[0]?.index);

  function filesHold(subject: number): boolean {
    const tag = Buffer.from(tagOf(subject), "hex");
    return readdirSync(folder)
      .filter((name) => name.startsWith("search.db"))
      .some((name) => readFileSync(join(folder, name)).includes(tag));
  }

  it("is not found, nor in any byte, as soon as the index is told", () => {
    write([1, 2, 1]);
    open();
    while (index.step());
    erase(1);
    index.forget(tagOf(1));
    expect(found(1)).toEqual([]);
    expect(filesHold(1)).toBe(false);
    expect(found(2)).toEqual([1]);
  });

  it("and was looked up again since is found by what came since", () => {
    write([1, 2]);
    open();
    while (index.step());
    erase(1);
    write([1]);
    while (index.step());
    expect(found(1), "nobody has told it").toEqual([3]);
    index.forget(tagOf(1));
    expect(found(1)).toEqual([3]);
  });

  it("goes out though something else is erased all the time, and the log grows", () => {
    const subjects = Array.from({ length: 3_000 }, (_, subject) => subject);
    write(subjects);
    open();
    while (index.step());
    erase(2_999);
    for (let turn = 0; turn < 15; turn += 1) {
      erase(turn);
      write([5_000 + turn]);
      index.step();
    }
    expect(found(2_999)).toEqual([]);
  });

  it("was erased while no index was open, and goes out when one is", () => {
    write([1, 2]);
    open();
    while (index.step());
    index.close();
    database.prepare("DELETE FROM evidence WHERE entry = 0").run();
    open();
    while (index.step());
    expect(found(1)).toEqual([]);
    expect(filesHold(1)).toBe(false);
  });

  it("leaves the journal as soon as nobody reads it, however late that is", () => {
    write([1, 2]);
    open();
    while (index.step());
    const reader = openReadOnly(searchFile());
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM line").get();
    erase(1);
    index.forget(tagOf(1));
    expect(found(1)).toEqual([]);
    while (index.step());
    expect(filesHold(1), "a reader still sees it").toBe(true);
    reader.close();
    index.step();
    expect(filesHold(1)).toBe(false);
  });
});
