import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealEntry } from "@xinqiao/protocol/log";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";
import { createLogWriter } from "./log-writer.ts";
import { openLoggedEntries } from "./logged-entries.ts";
import { openSearch } from "./search/index.ts";
import { verifyLog } from "./verify-log.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const ten = Date.parse("2026-03-09T10:00:00Z");

/** By a clock that is an hour ahead from ten to a quarter past, until the gateway is started again. */
const wrongClock = Array.from({ length: 120 }, (_, minute) => {
  const at = ten + minute * minuteMs;
  return minute < 15 ? at + hourMs : at;
});

describe("entries by a clock that was set back", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xinqiao-log-"));
    path = join(folder, "log.db");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(instants: readonly number[]): void {
    const database = openDatabase(path);
    database.pragma("synchronous = OFF");
    const writer = createLogWriter(database);
    for (const at of instants) {
      const { leaf } = sealEntry({ kind: "gateway.stopped", exchange: null, actor: null }, at, Buffer.alloc);
      writer.write([{ at, kind: "gateway.stopped", exchange: null, actor: null, leaf }]);
    }
    database.close();
  }

  async function indexesBetween(from: number, to: number): Promise<number[]> {
    const log = openLoggedEntries(path);
    const found: number[] = [];
    for await (const slice of log.between(from, to)) found.push(...slice.map(({ index }) => index));
    log.close();
    return found;
  }

  it("are all in the hours that their leaves tell", async () => {
    write(wrongClock);
    expect(await indexesBetween(ten, ten + hourMs)).toEqual(
      wrongClock.flatMap((at, index) => (at < ten + hourMs ? [index] : [])),
    );
    expect(await indexesBetween(ten + hourMs, ten + 2 * hourMs)).toHaveLength(15 + 60);
    expect(verifyLog(path).findings).toEqual([]);
  });

  it("are found as a plain filter finds them, whatever the clock did", async () => {
    const steps = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 80 });
    const window = fc.tuple(fc.integer({ min: -300, max: 300 }), fc.integer({ min: 0, max: 200 }));
    await fc.assert(
      fc.asyncProperty(steps, fc.array(window, { minLength: 5, maxLength: 10 }), async (given, windows) => {
        rmSync(folder, { recursive: true });
        folder = mkdtempSync(join(tmpdir(), "xinqiao-log-"));
        path = join(folder, "log.db");
        let at = 1_000;
        const instants = given.map((step) => {
          at += step;
          return Math.max(0, at);
        });
        write(instants);
        for (const [from, length] of windows) {
          const [first, end] = [1_000 + from, 1_000 + from + length];
          expect(await indexesBetween(first, end)).toEqual(
            instants.flatMap((instant, index) => (instant >= first && instant < end ? [index] : [])),
          );
        }
        expect(verifyLog(path).findings).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ["falls", "UPDATE entry SET at = at - 3600000 WHERE idx = 20"],
    ["runs ahead of the leaves", "UPDATE entry SET at = at + 1 WHERE idx = 20"],
    ["hides an hour's entry", "UPDATE entry SET told = NULL WHERE idx = 20"],
  ])("that are listed by a time that %s are found by a check", (_what, sql) => {
    write(wrongClock);
    const database = openDatabase(path);
    database.exec(sql);
    database.close();
    expect(verifyLog(path).findings).toEqual(["entry 20 is listed as something it is not"]);
  });

  it("are found in a log of an earlier version, which listed them by their own instants", async () => {
    write(wrongClock);
    const right = await indexesBetween(ten, ten + hourMs);
    const database = openDatabase(path);
    database.exec(`
      UPDATE entry SET at = coalesce(told, at);
      DROP INDEX entry_told;
      ALTER TABLE entry DROP COLUMN told;
      DROP TABLE archived;
      DROP INDEX entry_erasing;
      DROP INDEX entry_changes_taken;
      PRAGMA user_version = 4;`);
    database.close();
    openDatabase(path).close();
    expect(await indexesBetween(ten, ten + hourMs)).toEqual(right);
    expect(verifyLog(path).findings).toEqual([]);
  });

  it("have an hour that was looked at for unusual use looked at again", () => {
    write(wrongClock.slice(0, 15));
    const index = openSearch({ log: path, search: join(folder, "search.db"), tagKey: Buffer.alloc(32) });
    while (index.step());
    index.watch(ten + hourMs);
    write(wrongClock.slice(15, 20));
    while (index.step());
    expect(index.watched()).toBe(ten);
    index.close();
  });
});
