import Database, { SqliteError } from "better-sqlite3";
import { entryNames, type Find, rangesOf } from "../finding.ts";
import { hashBytes } from "../tree.ts";
import type { Hashes, KeptNote, LogSource, Overview } from "./port.ts";

interface Gathered {
  readonly count: number;
  readonly bytes: Buffer | null;
}

const hashNames = (level: number) => ({ one: `node ${level}/`, many: `nodes ${level}/` });
const examineAtMost = 20;
/** A tree of 2⁵³ entries has no higher. */
const levels = 54;

/** A gateway's `log.db`, whether it runs or not: nothing is written to it. */
export function openDatabaseSource(path: string, find: Find): LogSource {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  database.pragma("busy_timeout = 5000");
  const sql = prepare(database);

  /** What SQLite cannot read is found, and is as good as missing. */
  function reading<T>(at: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SqliteError)) throw error;
      find("unreadable", at, error.message);
      return undefined;
    }
  }

  /** Where not all could be read at once, each by itself. */
  function oneByOne<T>(from: number, to: number, names: Names, read: (place: number) => T | undefined) {
    const [missing, broken]: [number[], number[]] = [[], []];
    const found = Array.from({ length: to - from }, (_, place) => {
      try {
        const one = read(from + place);
        if (one === undefined) missing.push(from + place);
        return one;
      } catch (error) {
        if (!(error instanceof SqliteError)) throw error;
        broken.push(from + place);
        return undefined;
      }
    });
    for (const at of rangesOf(missing, names)) find(names.missing, at);
    for (const at of rangesOf(broken, names)) find("unreadable", at);
    return found;
  }

  return {
    keepsInner: () => true,
    overview: async () =>
      reading(
        "log.db",
        database.transaction(() => overview(sql, find)),
      ) ?? { size: 0 },
    async leaves(from, to) {
      const all = attempt(() => sql.leaves.get(from, to));
      const leaves = all && all.count === to - from ? cut(all) : undefined;
      const names = { ...entryNames, missing: "entry-missing" } as const;
      return leaves ?? oneByOne(from, to, names, (index) => sql.leaf.get(index));
    },
    async hashes(level, from, to) {
      const all = attempt(() => sql.hashes.get(level, from, to));
      const length = (to - from) * hashBytes;
      if (all?.count === to - from && all.bytes?.length === length) return { bytes: all.bytes, missing: [] };
      const names = { ...hashNames(level), missing: "hash-missing" } as const;
      return gather(
        oneByOne(from, to, names, (index) => {
          const hash = sql.hash.get(level, index);
          return hash?.length === hashBytes ? hash : undefined;
        }),
      );
    },
    checkpoints: async (above, upTo) =>
      reading(`checkpoints ${above + 1}-${upTo}`, () => sql.checkpoints.all(above, upTo)) ?? [],
    async examine() {
      const said = reading("log.db", () => sql.examine.all()) ?? [];
      for (const text of said) if (text !== "ok") find("unreadable", "log.db", text);
    },
    close: () => void database.close(),
  };
}

interface Names {
  readonly one: string;
  readonly many: string;
  readonly missing: "entry-missing" | "hash-missing";
}

/** A page that is damaged breaks the whole reading; what can still be read is then read piece by piece. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SqliteError) return undefined;
    throw error;
  }
}

/**
 * Many rows in one: a row costs more than its hash. They come in the order of their key; were they not, nothing would
 * fit.
 */
function prepare(database: Database.Database) {
  return {
    head: database.prepare<[], { size: number; root: Buffer }>("SELECT size, root FROM head"),
    last: database.prepare<[], number | null>("SELECT max(idx) FROM entry").pluck(),
    extra: database
      .prepare<[number, number], number>("SELECT idx FROM node WHERE level = ? AND idx >= ? LIMIT 3")
      .pluck(),
    newest: database.prepare<[], number | null>("SELECT max(size) FROM checkpoint").pluck(),
    leaves: database.prepare<[number, number], Gathered>(
      `SELECT count(*) AS count, CAST(char(0) || group_concat(leaf, char(0)) AS BLOB) AS bytes
       FROM entry WHERE idx >= ? AND idx < ?`,
    ),
    leaf: database
      .prepare<[number], Buffer>("SELECT CAST(char(0) || leaf AS BLOB) FROM entry WHERE idx = ?")
      .pluck(),
    hashes: database.prepare<[number, number, number], Gathered>(
      `SELECT count(*) AS count, CAST(group_concat(hash, '') AS BLOB) AS bytes
       FROM node WHERE level = ? AND idx >= ? AND idx < ?`,
    ),
    hash: database
      .prepare<[number, number], Buffer>("SELECT hash FROM node WHERE level = ? AND idx = ?")
      .pluck(),
    checkpoints: database.prepare<[number, number], KeptNote>(
      "SELECT size, note FROM checkpoint WHERE size > ? AND size <= ? ORDER BY size",
    ),
    examine: database.prepare<[], string>(`PRAGMA quick_check(${examineAtMost})`).pluck(),
  };
}

/** The smaller of what the head says and what there is: a head may say anything. */
function overview(sql: ReturnType<typeof prepare>, find: Find): Overview {
  const head = sql.head.get();
  const there = (sql.last.get() ?? -1) + 1;
  const size = Math.min(head?.size ?? there, there);
  if ((head?.size ?? 0) !== there) {
    find("head-differs", "head", `${head?.size ?? "no"} entries; the last one there is ${there - 1}`);
  }
  const signed = sql.newest.get() ?? 0;
  if (signed > size) find("checkpoint-beyond", `checkpoint ${signed}`, `${size} entries`);
  for (let level = 0; level < levels; level += 1) {
    for (const index of sql.extra.all(level, Math.floor(there / 2 ** level))) {
      find("hash-extra", `node ${level}/${index}`);
    }
  }
  return { size, ...(head?.size === there && { head }) };
}

/**
 * Each behind the 00 that stands between it and the one before, in one buffer. Undefined where an entry has a 00 in
 * itself, as no JSON has.
 */
function cut({ count, bytes }: Gathered): Buffer[] | undefined {
  const leaves: Buffer[] = [];
  for (let at = 0; bytes !== null && at < bytes.length; ) {
    const next = bytes.indexOf(0, at + 1);
    const end = next < 0 ? bytes.length : next;
    leaves.push(bytes.subarray(at, end));
    at = end;
  }
  return leaves.length === count ? leaves : undefined;
}

function gather(found: readonly (Buffer | undefined)[]): Hashes {
  const missing = found.flatMap((hash, place) => (hash === undefined ? [place] : []));
  return { bytes: Buffer.concat(found.map((hash) => hash ?? Buffer.alloc(hashBytes))), missing };
}
