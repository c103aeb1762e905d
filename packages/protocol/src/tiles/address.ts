/** Hashes or entries in a full tile: a tile is a tree of eight levels. */
export const tileWidth = 256;
export const tileLevels = 8;

/** C2SP tlog-tiles: hashes of one level of tiles, or the log's entries themselves. */
export interface TileAddress {
  readonly level: number | "entries";
  readonly index: number;
  /** How many there are in it: up to 256, when it is full. */
  readonly width: number;
}

const maxLevel = 63;

/** `tile/0/x001/x234/067.p/8`, below the log's prefix. */
export function formatTilePath({ level, index, width }: TileAddress): string {
  return `tile/${level}/${groupsOf(index)}${width === tileWidth ? "" : `.p/${width}`}`;
}

/** Reads a path; undefined for anything but the one way a tile is written. */
export function parseTilePath(path: string): TileAddress | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x?\d{3}\/?){1,6})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return undefined;
  const [, level = "", groups = "", width = tileWidth] = match;
  const address = {
    level: level === "entries" ? level : Number(level),
    index: Number(groups.replaceAll(/\D/g, "")),
    width: Number(width),
  } as const;
  // Zeros in front, a full tile with a width, groups without their x: whatever it is that we would not write.
  return isAddress(address) && formatTilePath(address) === path ? address : undefined;
}

function isAddress({ level, index, width }: TileAddress): boolean {
  return (
    (level === "entries" || level <= maxLevel) &&
    Number.isSafeInteger((index + 1) * tileWidth) &&
    width >= 1 &&
    width <= tileWidth
  );
}

/** An index in groups of three digits, all but the last marked, so that no file has a folder's name. */
function groupsOf(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/\d{3}/g) ?? [];
  return groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join("/");
}

/** The tile that a tree of `size` leaves has at a place, as wide as it is there; undefined where it has none. */
export function tileIn(size: number, level: TileAddress["level"], index: number): TileAddress | undefined {
  const filled = Math.floor(size / tileWidth ** (level === "entries" ? 0 : level));
  const width = Math.min(tileWidth, filled - index * tileWidth);
  return width > 0 ? { level, index, width } : undefined;
}

/** Where a complete subtree's root stands: itself in a tile, or as the root of some hashes that do. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
  /** The first of its hashes in the tile, and how many they are: a power of two. */
  readonly first: number;
  readonly count: number;
}

export function placeOf(level: number, index: number): TilePlace {
  const count = 2 ** (level % tileLevels);
  const tile = Math.floor(index / (tileWidth / count));
  return {
    level: Math.floor(level / tileLevels),
    index: tile,
    first: index * count - tile * tileWidth,
    count,
  };
}
