import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";

/** One part of a zip, as the central directory lists it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  /** Bytes in the file, and unpacked. */
  readonly packed: number;
  readonly unpacked: number;
  /** Where its local header is. */
  readonly offset: number;
}

const endSignature = Buffer.from("504b0506", "hex");
const endLength = 22;
const longestComment = 0xffff;
const largestDirectory = 16 * 1024 * 1024;
const centralSignature = 0x02014b50;
const centralLength = 46;
const localSignature = 0x04034b50;
const localLength = 30;
const stored = 0;
const deflated = 8;

/** The entries of a zip (PKWARE APPNOTE 6.3 §4.3), sizes of 64 bits included; undefined when it is damaged. */
export async function readDirectory(path: string): Promise<readonly ZipEntry[] | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tailLength = Math.min(size, endLength + longestComment);
    const tail = await bytesAt(file, size - tailLength, tailLength);
    const end = tail.lastIndexOf(endSignature);
    if (end < 0 || end + endLength > tail.length) return undefined;
    const count = tail.readUInt16LE(end + 10);
    const length = tail.readUInt32LE(end + 12);
    if (length > largestDirectory) return undefined;
    const entries = parseDirectory(await bytesAt(file, tail.readUInt32LE(end + 16), length));
    return entries.length === count && count > 0 ? entries : undefined;
  } finally {
    await file.close();
  }
}

function parseDirectory(bytes: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + centralLength <= bytes.length && bytes.readUInt32LE(at) === centralSignature) {
    const nameEnd = at + centralLength + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const wide = wideSizes(bytes.subarray(nameEnd, extraEnd));
    entries.push({
      name: bytes.toString("utf8", at + centralLength, nameEnd),
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      unpacked: wide(bytes.readUInt32LE(at + 24)),
      packed: wide(bytes.readUInt32LE(at + 20)),
      offset: wide(bytes.readUInt32LE(at + 42)),
    });
    at = extraEnd + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** §4.5.3: for every size that does not fit, or whose writer did not know, the next eight bytes of an extra field. */
function wideSizes(extra: Buffer): (narrow: number) => number {
  let rest: Buffer = Buffer.alloc(0);
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) rest = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  return (narrow) => {
    if (narrow !== 0xffffffff || rest.length < 8) return narrow;
    const wide = Number(rest.readBigUInt64LE(0));
    rest = rest.subarray(8);
    return wide;
  };
}

/** Unpacks an entry. Throws when it is not what its checksum and size say, or cannot be read. */
export async function* unpack(
  path: string,
  entry: ZipEntry,
  signal?: AbortSignal,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer> {
  const { method, packed, unpacked } = entry;
  if (method !== stored && method !== deflated) throw new RangeError("a method that no spreadsheet uses");
  const start = await dataOffset(path, entry);
  let crc = 0;
  let size = 0;
  if (packed > 0) {
    const raw = createReadStream(path, { start, end: start + packed - 1, signal });
    raw.on("data", (chunk) => onBytes(chunk.length));
    const chunks = raw.pipe(method === stored ? new PassThrough() : createInflateRaw());
    raw.on("error", (error) => chunks.destroy(error));
    try {
      for await (const chunk of chunks) {
        if (!Buffer.isBuffer(chunk)) continue;
        crc = crc32(chunk, crc);
        size += chunk.length;
        if (size > unpacked) break;
        yield chunk;
      }
    } finally {
      raw.destroy();
    }
  }
  if (size !== unpacked || crc !== entry.crc) throw new RangeError("an entry is not what its checksum says");
}

/** Behind the local header, whose name and extra field may differ in length from the directory's. */
async function dataOffset(path: string, { offset }: ZipEntry): Promise<number> {
  const file = await open(path);
  try {
    const header = await bytesAt(file, offset, localLength);
    if (header.length < localLength || header.readUInt32LE(0) !== localSignature) {
      throw new RangeError("an entry is not where the directory says");
    }
    return offset + localLength + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** A part of a zip to be written: its bytes, and what they come to. */
export interface ZipPart extends Pick<ZipEntry, "name" | "crc" | "unpacked"> {
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A zip of uncompressed parts with all sizes in front: the form that any streaming reader understands. */
export async function* storedZip(parts: readonly ZipPart[]): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, crc, unpacked, chunks } of parts) {
    const title = Buffer.from(name);
    const header = Buffer.alloc(localLength);
    header.writeUInt32LE(localSignature, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt32LE(crc, 14);
    header.writeUInt32LE(unpacked, 18);
    header.writeUInt32LE(unpacked, 22);
    header.writeUInt16LE(title.length, 26);
    yield Buffer.concat([header, title]);
    yield* chunks;
    const central = Buffer.alloc(centralLength);
    central.writeUInt32LE(centralSignature, 0);
    header.copy(central, 6, 4, 28);
    central.writeUInt32LE(offset, 42);
    directory.push(central, title);
    offset += localLength + title.length + unpacked;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(endLength);
  endSignature.copy(end);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  yield Buffer.concat([list, end]);
}
