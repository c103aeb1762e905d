import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { intervalAt } from "@xinqiao/protocol/reconciliation";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forgetOldLines } from "../book/index.ts";
import { type AgentStore, openStore } from "./store.ts";

let folder: string;
let path: string;
let store: AgentStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-book-"));
  path = join(folder, "store.db");
  store = openStore(path);
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true });
});

const from = Date.parse("2026-03-01T02:00:00Z");
const hour = intervalAt(from);
const requester = nodeIdSchema.parse("sz-baoan");
const asking = (second: number, exchange = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e") => ({
  exchange,
  at: from / 1000 + second,
  requester,
  purpose: "bid-review",
});
const told = {
  status: "complete",
  digest: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
  place: { intent: 3, entry: 4, size: 5, root: "AAAA" },
} as const;

describe("a member's book", () => {
  it("has what it asked from before it was sent, and what came of it", () => {
    const line = store.book.asking(asking(7));
    const unanswered = { side: "asked", status: "unanswered", digest: null, place: null };
    expect(store.book.lines(hour)).toEqual([{ ...asking(7), ...unanswered }]);
    line.told(told);
    expect(store.book.lines(hour)).toEqual([{ ...asking(7), side: "asked", ...told }]);
  });

  it("has the lines of an hour from its first second to its last, and is there after a restart", async () => {
    const { intent, ...place } = told.place;
    for (const second of [-1, 0, 3_599, 3_600]) {
      store.book.answered({ ...asking(second), status: "refused", digest: told.digest, place });
    }
    await store.book.durable();
    store.close();
    store = openStore(path);
    expect(store.book.lines(hour).map(({ at }) => at - from / 1000)).toEqual([0, 3_599]);
    expect(store.book.lines(hour)[0]).toMatchObject({ side: "answered", place });
  });

  it("is whole from the second after it was begun, and begun once", () => {
    expect(store.book.begun()).toBeUndefined();
    store.book.begin(from + 1);
    store.book.begin(from + 5_000);
    expect(store.book.begun()).toBe(from / 1000 + 1);
  });

  it("is on the disk for everybody who waits, however many", async () => {
    const waiting = Array.from({ length: 20 }, (_, second) => {
      store.book.answered({ ...asking(second), ...told });
      return store.book.durable();
    });
    await Promise.all(waiting);
    expect(store.book.lines(hour)).toHaveLength(20);
  });

  it("forgets what is older than it is kept, slice after slice, and nothing else", async () => {
    for (let second = 0; second < 1_200; second += 1) store.book.answered({ ...asking(second), ...told });
    await forgetOldLines(store.book, 1, from + 86_400_000 + 1_100_000);
    expect(store.book.lines(hour).map(({ at }) => at - from / 1000)[0]).toBe(1_100);
  });

  it("says that it cannot be written, so that nothing is handed over", () => {
    const database = new Database(path);
    database.exec("CREATE TRIGGER full BEFORE INSERT ON book BEGIN SELECT RAISE(ABORT, 'full'); END");
    database.close();
    expect(() => store.book.asking(asking(1))).toThrow("book.unavailable");
  });
});
