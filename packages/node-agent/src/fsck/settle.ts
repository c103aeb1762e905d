import { formatTilePath } from "@xinqiao/protocol/tiles";
import type { Find } from "./finding.ts";
import type { Hashes, LogSource } from "./source/index.ts";
import { hashBytes, parents, rootOf } from "./tree.ts";

export const tileWidth = 256;
export const levelsInTile = 8;

/** A tile as it was recomputed from what is below it. */
export interface Computed extends Hashes {
  /** Of tiles: 0 stands on the entries. */
  readonly level: number;
  readonly index: number;
}

const at = (hashes: Buffer, place: number) => hashes.subarray(place * hashBytes, (place + 1) * hashBytes);

/**
 * Holds what was computed against what is stored, says which of the two was changed, and goes on with the other: one
 * change is one finding, and everything above it is still checked. Where they differ, what stands above the whole tile
 * decides.
 */
export async function settle(computed: Computed, source: LogSource, find: Find): Promise<Buffer> {
  const { level, index, bytes } = computed;
  const from = index * tileWidth;
  const stored = await source.hashes(level * levelsInTile, from, from + bytes.length / hashBytes);
  const same = computed.missing.length === 0 && bytes.equals(stored.bytes);
  const settled = same ? bytes : await decide(computed, stored, source, find);
  if (source.keepsInner(level, index)) await checkInner(settled, computed, source, find);
  return settled;
}

async function decide(computed: Computed, stored: Hashes, source: LogSource, find: Find): Promise<Buffer> {
  const below = filled(computed, stored.bytes);
  const kept = filled(stored, below);
  const width = below.length / hashBytes;
  const differing = Array.from({ length: width }, (_, place) => place).filter(
    (place) => !at(below, place).equals(at(kept, place)),
  );
  if (differing.length === 0) return below;
  const above = width === tileWidth ? await hashAbove(computed, source) : undefined;
  const keptFits = above !== undefined && rootOf(kept)?.equals(above);
  const belowFits = above !== undefined && rootOf(below)?.equals(above);
  const verdict = keptFits ? "below" : belowFits ? "stored" : "either";
  for (const place of differing) {
    const standing = keptFits
      ? differing.find((other) => at(below, place).equals(at(kept, other)))
      : undefined;
    blame(computed, place, verdict, standing, find);
  }
  // What was recomputed from whole tiles is better founded than one hash above them; an entry has no such ground.
  return belowFits || (!keptFits && computed.level > 0) ? below : kept;
}

/** Where a hash is missing, the other one stands in for it. */
function filled({ bytes, missing }: Hashes, other: Buffer): Buffer {
  if (missing.length === 0) return bytes;
  const whole = Buffer.from(bytes);
  for (const place of missing) at(other, place).copy(whole, place * hashBytes);
  return whole;
}

async function hashAbove({ level, index }: Computed, source: LogSource): Promise<Buffer | undefined> {
  const above = await source.hashes((level + 1) * levelsInTile, index, index + 1);
  return above.missing.length === 0 ? above.bytes : undefined;
}

function blame(
  { level, index }: Computed,
  place: number,
  changed: "below" | "stored" | "either",
  standing: number | undefined,
  find: Find,
): void {
  const number = index * tileWidth + place;
  const node = `node ${level * levelsInTile}/${number}`;
  if (changed === "stored") find("hash-changed", node);
  else if (level > 0 && changed === "either") find("hash-differs", node);
  else if (level > 0) {
    find("subtree-changed", formatTilePath({ level: level - 1, index: number, width: tileWidth }));
  } else if (standing !== undefined) {
    find("entry-swapped", `entry ${number}`, `entry ${index * tileWidth + standing}`);
  } else find(changed === "below" ? "entry-changed" : "entry-differs", `entry ${number}`);
}

/** The seven levels between this tile and the one above. */
async function checkInner(settled: Buffer, tile: Computed, source: LogSource, find: Find): Promise<void> {
  let hashes = parents(settled);
  for (let up = 1; up < levelsInTile && hashes.length > 0; up += 1) {
    const level = tile.level * levelsInTile + up;
    const from = (tile.index * tileWidth) / 2 ** up;
    const count = hashes.length / hashBytes;
    const stored = await source.hashes(level, from, from + count);
    for (let place = 0; !hashes.equals(stored.bytes) && place < count; place += 1) {
      if (stored.missing.includes(place) || at(hashes, place).equals(at(stored.bytes, place))) continue;
      find("hash-changed", `node ${level}/${from + place}`);
    }
    hashes = parents(hashes);
  }
}
