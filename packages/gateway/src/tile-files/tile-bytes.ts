import { encodeBundle, type TileAddress, tileIn, tileLevels, tileWidth } from "@xinqiao/protocol/tiles";
import type { PublishedLog } from "../log/index.ts";

/** A tile as it is served and kept in files; undefined where a leaf is too long for its bundle. */
export function tileBytes({ level, index, width }: TileAddress, log: PublishedLog): Buffer | undefined {
  const from = index * tileWidth;
  if (level !== "entries") return Buffer.concat(log.hashes(level * tileLevels, from, from + width));
  const bundle = encodeBundle(log.leaves(from, from + width));
  return bundle.ok ? bundle.value : undefined;
}

/** Every tile of a tree of `size`, entries and hashes, from the lowest up. */
export function* tilesOf(size: number): Generator<TileAddress> {
  yield* tilesAt(size, "entries");
  for (let level = 0; size >= tileWidth ** level; level += 1) yield* tilesAt(size, level);
}

function* tilesAt(size: number, level: TileAddress["level"]): Generator<TileAddress> {
  for (let tile = tileIn(size, level, 0); tile; tile = tileIn(size, level, tile.index + 1)) yield tile;
}

export function countTiles(size: number): number {
  let count = Math.ceil(size / tileWidth);
  for (let filled = size; filled >= 1; filled = Math.floor(filled / tileWidth))
    count += Math.ceil(filled / tileWidth);
  return count;
}
