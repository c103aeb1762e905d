import { deflateRawSync } from "node:zlib";
import { readDirectory, unpack } from "../zip.ts";

const unknown = 0xffff_ffff;

/**
 * A zip's content as some platforms' exporters write it: streamed, so that every size comes behind its
 * data, and in 64 bits whatever the size (PKWARE APPNOTE 6.3 §4.3.9.2, §4.5.3).
 */
export async function wideZip(path: string): Promise<Buffer> {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  const entries = (await readDirectory(path)) ?? [];
  for (const entry of entries) {
    const content: Buffer[] = [];
    for await (const chunk of unpack(path, entry)) content.push(chunk);
    const packed = deflateRawSync(Buffer.concat(content));
    const offset = Buffer.concat(local).length;
    const title = Buffer.from(entry.name);
    const sizes = uint64(entry.unpacked, packed.length);
    local.push(
      Buffer.concat([bytes("504b0304 2d00 0800 0800 00000000 00000000"), uint32(unknown, unknown)]),
      Buffer.concat([uint16(title.length, 20), title, uint16(1, 16), uint64(0, 0), packed]),
      Buffer.concat([bytes("504b0708"), uint32(entry.crc), uint64(packed.length, entry.unpacked)]),
    );
    directory.push(
      Buffer.concat([bytes("504b0102 2d00 2d00 0800 0800 00000000"), uint32(entry.crc, unknown, unknown)]),
      Buffer.concat([uint16(title.length, 28, 0, 0, 0), uint32(0, unknown), title]),
      Buffer.concat([uint16(1, 24), sizes, uint64(offset)]),
    );
  }
  const list = Buffer.concat(directory);
  const start = Buffer.concat(local);
  const end = [bytes("504b0506 0000 0000"), uint16(entries.length, entries.length)];
  return Buffer.concat([start, list, ...end, uint32(list.length, start.length), uint16(0)]);
}

const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

function uint16(...values: number[]): Buffer {
  return Buffer.from(new Uint8Array(new Uint16Array(values).buffer));
}

function uint32(...values: number[]): Buffer {
  return Buffer.from(new Uint8Array(new Uint32Array(values).buffer));
}

function uint64(...values: number[]): Buffer {
  return Buffer.from(new Uint8Array(new BigUint64Array(values.map(BigInt)).buffer));
}
