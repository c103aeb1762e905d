import { readCheckpoint } from "@xinqiao/protocol/checkpoint";
import { formatTilePath, type TileAddress, tileIn, tileLevels, tileWidth } from "@xinqiao/protocol/tiles";
import type { Find } from "../finding.ts";
import { hashBytes } from "../tree.ts";
import type { Hashes, KeptNote, LogSource } from "./port.ts";

/** One file of a log in C2SP's layout; undefined when there is none. */
export type GetFile = (path: string) => Promise<Buffer | undefined>;

const lengthBytes = 2;

interface TileSourceOptions {
  /** Full tiles of so many entries, and no more. */
  readonly whole?: number;
  /** The checkpoint to go by; the newest that there is, where none is named. */
  readonly counted?: KeptNote | undefined;
}

/** A log as C2SP tlog-tiles has it, wherever its files are. */
export function openTileSource(
  get: GetFile,
  find: Find,
  { whole, counted }: TileSourceOptions = {},
): LogSource {
  let kept: Promise<KeptNote | undefined> | undefined = counted && Promise.resolve(counted);

  /** Nothing but the newest checkpoint is kept in that layout. */
  const newest = () => {
    kept ??= get("checkpoint").then((bytes) => {
      const read = bytes && readCheckpoint(bytes);
      if (read === undefined) find("checkpoint-missing", "checkpoint");
      else if (!read.ok) find("checkpoint-malformed", "checkpoint", read.error.reason);
      return read?.ok && bytes ? { size: read.value.checkpoint.size, note: bytes.toString() } : undefined;
    });
    return kept;
  };

  /** As wide as the tree is there, or cut from the one that has filled since. */
  async function tile(address: TileAddress): Promise<{ bytes: Buffer; whole: boolean } | undefined> {
    const bytes = await get(formatTilePath(address));
    if (bytes !== undefined) return { bytes, whole: address.width === tileWidth };
    const filled =
      address.width === tileWidth ? undefined : await get(formatTilePath({ ...address, width: tileWidth }));
    if (filled !== undefined) return { bytes: filled, whole: true };
    find("tile-missing", formatTilePath(address));
    return undefined;
  }

  async function hashTile(level: number, index: number): Promise<Buffer> {
    const address = tileIn(whole ?? (await newest())?.size ?? 0, level, index);
    const read = address && (await tile(address));
    if (address === undefined || read === undefined) return Buffer.alloc(0);
    const expected = (read.whole ? tileWidth : address.width) * hashBytes;
    if (read.bytes.length === expected) return read.bytes;
    find("tile-length", formatTilePath(address), `${read.bytes.length} bytes, not ${expected}`);
    return read.bytes.subarray(0, Math.floor(read.bytes.length / hashBytes) * hashBytes);
  }

  return {
    keepsInner: () => false,
    async overview() {
      const note = await newest();
      return { size: note?.size ?? 0, ...(note && { counted: note }) };
    },
    async leaves(from, to) {
      const index = Math.floor(from / tileWidth);
      const address = { level: "entries", index, width: to - from } as const;
      const read = await tile(address);
      const leaves = read && cut(read.bytes, read.whole ? tileWidth : to - from);
      if (typeof leaves === "string") find("bundle-length", formatTilePath(address), leaves);
      return Array.isArray(leaves)
        ? leaves.slice(0, to - from)
        : Array.from({ length: to - from }, () => undefined);
    },
    async hashes(level, from, to): Promise<Hashes> {
      const bytes = await hashTile(level / tileLevels, Math.floor(from / tileWidth));
      const first = (from % tileWidth) * hashBytes;
      const there = bytes.subarray(first, first + (to - from) * hashBytes);
      const missing = Array.from({ length: to - from }, (_, place) => place).slice(there.length / hashBytes);
      return missing.length === 0
        ? { bytes: there, missing }
        : { bytes: Buffer.concat([there, Buffer.alloc(missing.length * hashBytes)]), missing };
    },
    async checkpoints(above, upTo) {
      const note = await newest();
      return note !== undefined && note.size > above && note.size <= upTo ? [note] : [];
    },
    examine: async () => undefined,
    close: () => undefined,
  };
}

/** An entry bundle of so many leaves, each with 00 in front, where the end of its length stood; or what is wrong with it. */
function cut(bytes: Buffer, width: number): Buffer[] | string {
  const leaves: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + lengthBytes <= bytes.length ? at + lengthBytes + bytes.readUInt16BE(at) : Number.NaN;
    if (!(end <= bytes.length)) return `ends within its entry ${leaves.length}`;
    bytes[at + 1] = 0;
    leaves.push(bytes.subarray(at + 1, end));
    at = end;
  }
  return leaves.length === width ? leaves : `${leaves.length} entries, not ${width}`;
}
