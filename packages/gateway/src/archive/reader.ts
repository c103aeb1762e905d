import { readFileSync } from "node:fs";
import { nodeHash } from "@xinqiao/protocol/log";
import { parseBundle, tileLevels, tileWidth } from "@xinqiao/protocol/tiles";
import { fileOf } from "./layout.ts";

const hashBytes = 32;

/** What has left the database. Throws when a file is not there or is not what it must be: then nobody is answered. */
export interface ArchiveReader {
  leaf(index: number): Buffer;
  /** Of the eight lowest levels. */
  hash(level: number, index: number): Buffer;
}

/** The archive has not what left the database for it. */
export class ArchiveError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ArchiveError";
  }
}

/** Keeps the tile read last: whoever reads one entry reads its neighbours. */
export function openArchive(folder: string): ArchiveReader {
  const leavesOf = remembered((tile) => {
    const leaves = parseBundle(read(fileOf(folder, "entries", tile)), tileWidth);
    if (!leaves.ok) throw new ArchiveError(`the archive's bundle ${tile} is damaged: ${leaves.error.reason}`);
    return leaves.value;
  });
  const hashesOf = remembered((tile) => {
    const bytes = read(fileOf(folder, 0, tile));
    if (bytes.length !== tileWidth * hashBytes)
      throw new ArchiveError(`the archive's tile ${tile} is damaged`);
    return levelsOf(bytes);
  });
  return {
    leaf: (index) => present(leavesOf(Math.floor(index / tileWidth))[index % tileWidth]),
    hash(level, index) {
      const width = tileWidth / 2 ** level;
      return present(hashesOf(Math.floor(index / width))[level]?.[index % width]);
    },
  };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ArchiveError(`the log's archive cannot be read: ${file} · 归档文件无法读取`, { cause: error });
  }
}

function remembered<T>(make: (tile: number) => T): (tile: number) => T {
  let last: { readonly tile: number; readonly value: T } | undefined;
  return (tile) => {
    if (last?.tile !== tile) last = { tile, value: make(tile) };
    return last.value;
  };
}

/** Its eight levels stand in its file or follow from it; the ninth is its root. */
function levelsOf(tile: Buffer): readonly (readonly Buffer[])[] {
  const lowest = Array.from({ length: tileWidth }, (_, place) =>
    tile.subarray(place * hashBytes, (place + 1) * hashBytes),
  );
  const levels: Buffer[][] = [lowest];
  for (let level = 1; level < tileLevels; level += 1) levels.push(pairs(levels[level - 1] ?? []));
  return levels;
}

function pairs(hashes: readonly Buffer[]): Buffer[] {
  return Array.from({ length: hashes.length / 2 }, (_, place) =>
    nodeHash(present(hashes[2 * place]), present(hashes[2 * place + 1])),
  );
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError("the archive has no such place");
  return value;
}
