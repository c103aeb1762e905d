import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseTilePath, tileLevels, tileWidth } from "@xinqiao/protocol/tiles";
import { absent } from "@xinqiao/runtime/files";
import Database from "better-sqlite3";
import type { Find } from "../finding.ts";
import { openDatabaseSource } from "./database.ts";
import type { LogSource } from "./port.ts";
import { openTileSource } from "./tiles.ts";

const entriesInPart = 4_096 * tileWidth;

/** A gateway's `log.db` and the archive beside it, which has the oldest entries. */
export function openGatewaySource(path: string, find: Find): LogSource {
  const archived = archivedSize(path);
  const database = openDatabaseSource(path, find);
  if (archived === 0) return database;
  const folder = join(dirname(path), "archive");
  const files = openTileSource((name) => readPart(folder, name), find, { whole: archived });
  return {
    ...database,
    keepsInner: (level, tile) => level > 0 || tile * tileWidth >= archived,
    leaves: (from, to) => (from < archived ? files : database).leaves(from, to),
    hashes: (level, from, to) =>
      (level < tileLevels && from * 2 ** level < archived ? files : database).hashes(level, from, to),
  };
}

/** None, where the gateway is older than its archive. */
function archivedSize(path: string): number {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return database.prepare<[], number>("SELECT size FROM archived").pluck().get() ?? 0;
  } catch {
    return 0;
  } finally {
    database.close();
  }
}

/** A million entries to a folder, by the first and the last of them. */
function readPart(folder: string, name: string): Promise<Buffer | undefined> {
  const first = Math.floor(((parseTilePath(name)?.index ?? 0) * tileWidth) / entriesInPart) * entriesInPart;
  const padded = (entry: number) => String(entry).padStart(12, "0");
  const part = `entries-${padded(first)}-${padded(first + entriesInPart - 1)}`;
  return readFile(join(folder, part, name)).catch(absent);
}
