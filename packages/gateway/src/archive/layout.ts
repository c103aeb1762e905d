import { dirname, join } from "node:path";
import { formatTilePath, type TileAddress, tileWidth } from "@xinqiao/protocol/tiles";

/** Tiles in one folder: about a million entries, so that years of them are moved by the folder. */
const tilesInPart = 4_096;
export const entriesInPart: number = tilesInPart * tileWidth;

/** Where the log's old tiles are: beside it, and on another disk when that folder is a link. */
export const archiveOf = (log: string): string => join(dirname(log), "archive");

/** `entries-000000000000-000001048575`, by the first and last entry in it. */
export function partOf(tile: number): string {
  const first = Math.floor(tile / tilesInPart) * entriesInPart;
  const name = (entry: number) => String(entry).padStart(12, "0");
  return `entries-${name(first)}-${name(first + entriesInPart - 1)}`;
}

/** A full tile of the lowest level, or its entries, in C2SP's layout within its part. */
export function fileOf(folder: string, level: 0 | "entries", tile: number): string {
  const address: TileAddress = { level, index: tile, width: tileWidth };
  return join(folder, partOf(tile), formatTilePath(address));
}

/** The files of the first so many entries, within the archive. */
export function* archivedFiles(entries: number): Generator<string> {
  for (let tile = 0; tile * tileWidth < entries; tile += 1) {
    yield fileOf("", "entries", tile);
    yield fileOf("", 0, tile);
  }
}
