import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logOrigin, signCheckpoint } from "@xinqiao/protocol/checkpoint";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { sealEntry } from "@xinqiao/protocol/log";
import { noteKey, noteSigner } from "@xinqiao/protocol/note";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testKey } from "../../witnesses/testing/city.ts";
import { type Database, openDatabase } from "./database.ts";
import { DamagedError } from "./failure.ts";
import { createLogWriter, type LogWriter } from "./log-writer.ts";
import { type OpenedPublishedLog, openPublishedLog } from "./published-log.ts";

const origin = logOrigin(nodeIdSchema.parse("sz"));
const key = testKey();
const signer = noteSigner(noteKey("signature", origin, key.jwk), key.signer);
const [hour, day] = [3_600_000, 86_400_000];

let folder: string;
let database: Database;
let writer: LogWriter;
let published: OpenedPublishedLog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-checkpoints-"));
  const path = join(folder, "log.db");
  database = openDatabase(path);
  writer = createLogWriter(database);
  published = openPublishedLog(path);
});

afterEach(async () => {
  published.close();
  database.close();
  await rm(folder, { recursive: true, force: true });
});

function append(count = 1): void {
  const { leaf } = sealEntry({ kind: "gateway.stopped", exchange: null, actor: null }, 0, Buffer.alloc);
  const staged = { at: 0, kind: "gateway.stopped", exchange: null, actor: null, leaf };
  writer.write(Array(count).fill(staged));
}

const noteOf = (size: number, root: Uint8Array) => signCheckpoint({ origin, size, root }, [signer]);

async function keep(at: number, cosigners = 0): Promise<number> {
  const { size } = writer.head();
  writer.keepCheckpoint({ size, at, note: await noteOf(size, published.rootAt(size)), cosigners });
  return size;
}

describe("checkpoints on SQLite", () => {
  it("are kept, the newest found first, and the smallest that covers an entry and was cosigned", async () => {
    expect(published.newest()).toBeUndefined();
    for (const cosigners of [0, 2, 1, 3]) {
      append(10);
      await keep(0, cosigners);
    }
    expect(published.newest()).toMatchObject({ size: 40, cosigners: 3 });
    expect([1, 10, 11, 21].map((size) => published.covering(size, 2)?.size)).toEqual([20, 20, 20, 40]);
    expect(published.covering(41, 0)).toBeUndefined();
  });

  it("are replaced by what more have cosigned, never by what fewer have", async () => {
    append(3);
    await keep(1, 1);
    await keep(2, 3);
    await keep(3, 0);
    expect(published.newest()).toMatchObject({ size: 3, at: 1, cosigners: 3 });
  });

  it("are refused when they are no head of this log: no second past is ever kept", async () => {
    append(5);
    const other = await noteOf(5, Buffer.alloc(32, 1));
    const ahead = await noteOf(6, Buffer.alloc(32, 1));
    const right = await noteOf(5, published.rootAt(5));
    for (const [size, note, reason] of [
      [5, other, DamagedError],
      [6, ahead, DamagedError],
      [4, right, "not a checkpoint of that size"],
      [5, "no note", "not a checkpoint of that size"],
    ] as const) {
      expect(() => writer.keepCheckpoint({ size, at: 0, note, cosigners: 0 })).toThrow(reason);
    }
    expect(published.newest()).toBeUndefined();
  });

  it("are thinned out after a day to the best of each hour", async () => {
    const now = 10 * day;
    const kept: number[] = [];
    for (const [at, cosigners] of [
      [now - 3 * day, 3],
      [now - 3 * day + 1, 1],
      [now - 2 * day, 2],
      [now - 2 * day + 1, 2],
      [now - 2 * day + hour, 0],
      [now - day + 1, 0],
      [now, 0],
    ] as const) {
      append();
      kept.push(await keep(at, cosigners));
    }
    writer.remove({ do: "expire", at: now });
    const left = kept.filter((size) => published.covering(size, 0)?.size === size);
    expect(left).toEqual([1, 4, 5, 6, 7]);
  });
});
