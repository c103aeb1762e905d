import { appendFile, mkdtemp, open, readFile, rm, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendLeaf, emptyFrontier, leafHash, rootOf } from "@xinqiao/protocol/log";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CheckOptions, checkLog, findLog, type LogCheck } from "./index.ts";
import {
  checkpointOf,
  keyed,
  leafAt,
  makeDatabase,
  makeFiles,
  originKey,
  registry,
} from "./testing/make-log.ts";

const options: CheckOptions = { originKeys: [originKey], toleranceMs: 1_000, reading: "fields" };

function rootAfter(size: number) {
  let frontier = emptyFrontier;
  for (let index = 0; index < size; index += 1) {
    frontier = appendLeaf(frontier, leafHash(Buffer.from(leafAt(index)))).frontier;
  }
  return frontier;
}

describe("a check of a whole log", () => {
  let folder: string;
  let path: string;
  let files: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-fsck-"));
    path = join(folder, "log.db");
    files = join(folder, "files");
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const check = async (place = path, more: Partial<CheckOptions> = {}): Promise<LogCheck> =>
    checkLog(await findLog(place), { ...options, ...more });
  const found = async (place?: string, more?: Partial<CheckOptions>) =>
    (await check(place, more)).findings.map(({ kind, at }) => `${kind} ${at}`);

  function damage(...statements: readonly string[]): void {
    const database = new Database(path);
    for (const sql of statements) database.exec(sql);
    database.close();
  }

  it.each([0, 1, 2, 255, 256, 257, 511, 513, 1_000])(
    "finds nothing in a sound one of %i entries",
    async (size) => {
      const signed = [0, 1, 2, 3, 200, 255, 256, 257, size].filter((at) => at <= size);
      const frontier = await makeDatabase(path, size, { signed: [...new Set(signed)] });
      await makeFiles(files, path);
      const root = rootOf(frontier).toString("base64");
      const sound = { size, root, findings: [], found: 0, openIntents: size % 2 };
      expect(await check()).toMatchObject({ ...sound, checkpoints: new Set(signed).size });
      expect(await check(files)).toMatchObject({ ...sound, checkpoints: 1 });
    },
  );

  it("finds nothing in one that takes more than one thread", { timeout: 120_000 }, async () => {
    const size = 65_536 + 1;
    const frontier = await makeDatabase(path, size, { signed: [65_535, 65_536, size] });
    await makeFiles(files, path);
    const root = rootOf(frontier).toString("base64");
    expect(await check()).toMatchObject({ size, root, findings: [], checkpoints: 3, newest: { size } });
    expect(await check(files)).toMatchObject({ size, root, findings: [], checkpoints: 1 });
    damage(`UPDATE node SET hash = zeroblob(32) WHERE level = 16`);
    expect(await found()).toEqual(["hash-differs node 16/0"]);
  });

  describe("in a gateway's database", () => {
    const at = (index: number) => Date.parse("2026-03-01T02:03:04.005Z") + index;
    const instant = (time: number) => new Date(time).toISOString();

    it.each([
      [
        "an entry edited",
        [`UPDATE entry SET leaf = replace(leaf, 'penalty', 'licence') WHERE idx = 4`],
        ["entry-changed entry 4"],
      ],
      [
        "an entry edited where nothing above says which was changed",
        [`UPDATE entry SET leaf = replace(leaf, 'bid-review', 'subsidy-review') WHERE idx = 298`],
        ["entry-differs entry 298"],
      ],
      ["an entry deleted", ["DELETE FROM entry WHERE idx = 8"], ["entry-missing entry 8"]],
      ["entries deleted", ["DELETE FROM entry WHERE idx BETWEEN 8 AND 11"], ["entry-missing entries 8-11"]],
      [
        "two entries swapped",
        [
          "UPDATE entry SET idx = -1 WHERE idx = 4",
          "UPDATE entry SET idx = 4 WHERE idx = 6",
          "UPDATE entry SET idx = 6 WHERE idx = -1",
        ],
        ["entry-swapped entry 4", "entry-swapped entry 6"],
      ],
      [
        "the newest entries cut off",
        ["DELETE FROM entry WHERE idx >= 290"],
        ["head-differs head", "checkpoint-beyond checkpoint 300", "hash-extra"],
      ],
      [
        "a leaf's hash changed",
        ["UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND idx = 9"],
        ["hash-changed node 0/9"],
      ],
      [
        "an inner hash changed",
        ["UPDATE node SET hash = zeroblob(32) WHERE level = 3 AND idx = 2"],
        ["hash-changed node 3/2"],
      ],
      [
        "a hash of another length",
        ["UPDATE node SET hash = zeroblob(31) WHERE level = 2 AND idx = 1"],
        ["hash-missing node 2/ 1"],
      ],
      ["a hash deleted", ["DELETE FROM node WHERE level = 0 AND idx = 9"], ["hash-missing node 0/ 9"]],
      ["a hash too many", ["INSERT INTO node VALUES (0, 300, zeroblob(32))"], ["hash-extra node 0/300"]],
      ["the head changed", ["UPDATE head SET root = zeroblob(32)"], ["head-differs head"]],
      [
        "the head cut off",
        ["UPDATE head SET size = 290"],
        ["head-differs head", "checkpoint-beyond checkpoint 300"],
      ],
      [
        "an entry and all that stands on it rewritten",
        ["UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 300) WHERE size = 256"],
        ["checkpoint-malformed checkpoint 256"],
      ],
      [
        "a checkpoint that is none",
        ["UPDATE checkpoint SET note = 'nothing' WHERE size = 256"],
        ["checkpoint-malformed checkpoint 256"],
      ],
      [
        "a checkpoint edited",
        ["UPDATE checkpoint SET note = replace(note, 'xinqiao/sz', 'xinqiao/dg') WHERE size = 256"],
        ["checkpoint-origin checkpoint 256"],
      ],
    ] as const)("names %s", async (_, sql, expected) => {
      await makeDatabase(path, 300, { signed: [256, 300] });
      damage(...sql);
      const findings = await found();
      for (const each of expected) expect(findings.join("\n")).toContain(each);
      if (!expected.some((each) => each === "hash-extra")) expect(findings).toEqual(expected);
    });

    it("names a tree that was rebuilt over an edited entry, by the checkpoints that stand for another", async () => {
      await makeDatabase(path, 300, { signed: [3, 256, 300] });
      const other = join(folder, "other.db");
      const leaf = (index: number) => leafAt(index, index === 40 ? { deadlineMs: 9_999 } : {});
      await makeDatabase(other, 300, { signed: [], leaf });
      damage(
        `ATTACH '${other}' AS other`,
        "DELETE FROM entry; INSERT INTO entry SELECT * FROM other.entry",
        "DELETE FROM node; INSERT INTO node SELECT * FROM other.node",
        "UPDATE head SET root = (SELECT root FROM other.head)",
      );
      expect(await found()).toEqual(["checkpoint-root checkpoint 256", "checkpoint-root checkpoint 300"]);
    });

    it("names a checkpoint that another key has signed, with its root or without", async () => {
      await makeDatabase(path, 300, { signed: [256, 300] });
      const stranger = { ...keyed("sz") };
      const note = await checkpointOf(rootAfter(256), stranger);
      const database = new Database(path);
      database.prepare("UPDATE checkpoint SET note = ? WHERE size = 256").run(note);
      database.close();
      expect(await found()).toEqual(["checkpoint-unsigned checkpoint 256"]);
      expect(await found(path, { originKeys: [] }), "nobody to ask").toEqual([]);
      expect(await found(path, { originKeys: [], registry })).toEqual(["checkpoint-unsigned checkpoint 256"]);
    });

    it("names a signature that does not hold", async () => {
      await makeDatabase(path, 300, { signed: [256, 300] });
      const root = rootOf(rootAfter(256)).toString("base64");
      damage(
        `UPDATE checkpoint SET note = replace(note, '${root}', '${Buffer.alloc(32, 7).toString("base64")}') WHERE size = 256`,
      );
      expect(await found()).toEqual([
        "checkpoint-signature checkpoint 256",
        "checkpoint-root checkpoint 256",
      ]);
    });

    it.each([
      ["a kind that nobody knows", 4, { kind: "lookup.guessed" }, ["entry-kind entry 4"]],
      ["a field that its kind has not", 4, { subject: "?" }, ["entry-fields entry 4"]],
      ["an intent closed twice", 5, { intent: 2 }, ["intent-not-open entry 5"]],
      ["an intent that is none", 5, { intent: 3 }, ["intent-not-open entry 5"]],
      ["a time gone back", 7, { at: instant(at(0) - 5_000) }, ["entry-time entry 7"]],
    ] as const)("names %s", async (_, index, changed, expected) => {
      await makeDatabase(path, 300, { leaf: (each) => leafAt(each, each === index ? changed : {}) });
      expect(await found()).toEqual(expected);
    });

    it("passes over a time gone back within the tolerance", async () => {
      await makeDatabase(path, 10, {
        leaf: (index) => leafAt(index, index === 7 ? { at: instant(at(0) - 900) } : {}),
      });
      expect(await found()).toEqual([]);
    });

    it("names an entry that is not JSON, and one that is not UTF-8", async () => {
      await makeDatabase(path, 10, { leaf: (index) => (index === 3 ? "{" : leafAt(index)) });
      expect(await found()).toEqual(["entry-unread entry 3"]);
    });

    it("reads an entry whatever is in it, also what stands between entries", async () => {
      const odd = leafAt(5, { note: "\u0000,\ud83d\ude00信" });
      await makeDatabase(path, 10, { leaf: (index) => (index === 5 ? `${odd}\u0000` : leafAt(index)) });
      expect(await found()).toEqual(["entry-unread entry 5"]);
    });

    it("names a torn page of the file, and what can no longer be read of it", async () => {
      await makeDatabase(path, 3_000);
      const pageBytes = 4_096;
      const pages = Math.floor((await stat(path)).size / pageBytes);
      const handle = await open(path, "r+");
      await handle.write(
        Buffer.alloc(pageBytes / 2, 0xa5),
        0,
        pageBytes / 2,
        Math.floor(pages / 3) * pageBytes,
      );
      await handle.close();
      const findings = await found();
      expect(findings.some((each) => each.startsWith("unreadable "))).toBe(true);
      expect(findings.some((each) => / entr(y|ies) \d/.test(each) || / nodes? \d/.test(each))).toBe(true);
    });
  });

  describe("in files of C2SP's layout", () => {
    const tile = (name: string) => join(files, "tile", name);

    beforeEach(async () => {
      await makeDatabase(path, 600);
      await makeFiles(files, path);
    });

    async function edit(name: string, change: (bytes: Buffer) => void): Promise<void> {
      const bytes = await readFile(tile(name));
      change(bytes);
      await writeFile(tile(name), bytes);
    }

    it.each<[string, () => Promise<unknown>, readonly string[]]>([
      [
        "an entry edited",
        () => edit("entries/001", (bytes) => bytes.write("licence", bytes.indexOf("penalty"))),
        ["entry-changed entry 256"],
      ],
      ["a hash edited", () => edit("0/001", (bytes) => bytes.fill(7, 64, 96)), ["hash-changed node 0/258"]],
      [
        "a hash of a tile above",
        () => edit("1/000.p/2", (bytes) => bytes.fill(7, 32, 64)),
        ["hash-differs node 8/1"],
      ],
      [
        "a tile and the entries below it rewritten",
        async () => {
          await edit("entries/001", (bytes) => bytes.write("licence", bytes.indexOf("penalty")));
          const leaf = Buffer.from(leafAt(256).replace("penalty", "licence"));
          await edit("0/001", (bytes) => leafHash(leaf).copy(bytes));
        },
        ["hash-differs node 8/1", "checkpoint-root checkpoint 600"],
      ],
      ["a tile that is too short", () => truncate(tile("0/001"), 100 * 32 + 5), ["tile-length tile/0/001"]],
      [
        "a tile that is too long",
        () => appendFile(tile("0/001"), Buffer.alloc(32)),
        ["tile-length tile/0/001"],
      ],
      ["a tile that is gone", () => unlink(tile("0/002.p/88")), ["tile-missing tile/0/002.p/88"]],
      ["a bundle that is gone", () => unlink(tile("entries/000")), ["tile-missing tile/entries/000"]],
      ["a bundle cut off", () => truncate(tile("entries/000"), 999), ["bundle-length tile/entries/000"]],
      [
        "a wrong length in a bundle",
        () => edit("entries/000", (bytes) => bytes.writeUInt16BE(3, 0)),
        ["bundle-length tile/entries/000"],
      ],
      [
        "a bundle with another entry",
        () => appendFile(tile("entries/000"), Buffer.from([0, 1, 65])),
        ["bundle-length tile/entries/000"],
      ],
      ["no checkpoint", () => unlink(join(files, "checkpoint")), ["checkpoint-missing checkpoint"]],
      [
        "a checkpoint that is none",
        () => writeFile(join(files, "checkpoint"), "?"),
        ["checkpoint-malformed checkpoint"],
      ],
    ])("names %s", async (_, spoil, expected) => {
      await spoil();
      const findings = await found(files);
      expect(findings.slice(0, expected.length)).toEqual(expected);
      const follow = findings.slice(expected.length).filter((each) => !each.startsWith("intent-not-open"));
      expect(follow, "one change is one finding").toEqual([]);
    });
  });

  async function overHttp(
    get: (name: string) => Promise<Buffer | undefined>,
    use: (url: string) => Promise<void>,
  ): Promise<void> {
    const server: Server = createServer(async (request, response) => {
      const bytes = await get((request.url ?? "").replace("/log/", ""));
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    try {
      await use(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
    } finally {
      server.close();
    }
  }
  const fileOf = (name: string) => readFile(join(files, name)).catch(() => undefined);

  it("reads a log over HTTP as it reads its files", async () => {
    await makeDatabase(path, 600);
    await makeFiles(files, path);
    await overHttp(fileOf, async (url) => {
      expect(await check(url)).toMatchObject({ size: 600, findings: [] });
      await truncate(join(files, "tile", "0", "001"), 64);
      expect(await found(url)).toEqual(["tile-length tile/0/001"]);
    });
  });

  it("checks one that goes on meanwhile by the checkpoint that it began with", async () => {
    await makeDatabase(path, 600);
    await makeFiles(files, path);
    const begun = await fileOf("checkpoint");
    await rm(path);
    await makeDatabase(path, 700);
    await makeFiles(files, path);
    let asked = 0;
    const get = async (name: string) => {
      if (name !== "checkpoint") return fileOf(name);
      asked += 1;
      return asked === 1 ? begun : fileOf(name);
    };
    await overHttp(get, async (url) => {
      expect(await check(url)).toMatchObject({
        ...{ size: 600, findings: [], checkpoints: 1 },
        newest: { size: 600 },
      });
    });
  });
});
