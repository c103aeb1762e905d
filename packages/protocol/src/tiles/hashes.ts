import { type NodeReader, nodeHash } from "../log/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { formatTilePath, placeOf, type TileAddress, tileIn, tileLevels, tileWidth } from "./address.ts";

const hashBytes = 32;

/** A tile of hashes as it is served. */
export type HashTileAddress = TileAddress & { readonly level: number };

/** One tile's bytes, from a log that has its nodes. */
export function hashTile(read: NodeReader, { level, index, width }: HashTileAddress): Buffer {
  const hashes = Array.from({ length: width }, (_, place) =>
    read(level * tileLevels, index * tileWidth + place),
  );
  return Buffer.concat(hashes);
}

/** A tile that somebody else served, or did not. */
export type TileSource = (address: TileAddress) => Uint8Array | undefined;

export interface TileFault {
  readonly reason: "missing" | "malformed";
  /** Which tile. */
  readonly path: string;
}

/**
 * The tiles of a tree of `size` leaves that a proof is made from, so that they can be fetched at once:
 * `tilesRead(size, (read) => inclusionProof(read, index, size))`.
 */
export function tilesRead(size: number, make: (read: NodeReader) => unknown): readonly TileAddress[] {
  const needed = new Map<string, TileAddress>();
  const nothing = Buffer.alloc(hashBytes);
  make((level, index) => {
    const address = holding(size, level, index);
    needed.set(formatTilePath(address), address);
    return nothing;
  });
  return [...needed.values()];
}

/** Makes a proof from tiles. They are not believed: whoever gets the proof verifies it against a root that is. */
export function readTiles<T>(
  size: number,
  tiles: TileSource,
  make: (read: NodeReader) => T,
): Result<T, TileFault> {
  const held = new Map<string, Buffer>();
  for (const address of tilesRead(size, make)) {
    const path = formatTilePath(address);
    const bytes = tiles(address);
    if (bytes === undefined) return err({ reason: "missing", path });
    if (!isTile(bytes, address.width)) return err({ reason: "malformed", path });
    held.set(path, Buffer.from(bytes));
  }
  return ok(make((level, index) => nodeOf(held, size, level, index)));
}

/** As wide as asked for, or wider: a partial tile may be gone once the full one is there. */
function isTile({ length }: Uint8Array, width: number): boolean {
  return length % hashBytes === 0 && length >= width * hashBytes && length <= tileWidth * hashBytes;
}

function nodeOf(held: ReadonlyMap<string, Buffer>, size: number, level: number, index: number): Buffer {
  const tile = held.get(formatTilePath(holding(size, level, index)));
  if (tile === undefined) throw new Error("a proof reads the same nodes each time it is made");
  const { first, count } = placeOf(level, index);
  return subtreeRoot(tile, first, count);
}

/** The root of `count` hashes of a tile, a power of two. */
export function subtreeRoot(tile: Buffer, first: number, count: number): Buffer {
  if (count === 1) return tile.subarray(first * hashBytes, (first + 1) * hashBytes);
  const half = count / 2;
  return nodeHash(subtreeRoot(tile, first, half), subtreeRoot(tile, first + half, half));
}

function holding(size: number, level: number, index: number): TileAddress {
  const place = placeOf(level, index);
  const address = tileIn(size, place.level, place.index);
  if (address === undefined || place.first + place.count > address.width) {
    throw new RangeError(`no node ${level}/${index} in a tree of ${size}`);
  }
  return address;
}
