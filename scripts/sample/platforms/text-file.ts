import { closeSync, openSync, writeSync } from "node:fs";

export type Encode = (text: string) => Uint8Array;

export const encodeUtf8: Encode = (text) => Buffer.from(text, "utf8");

/** Lines on their way into a file, written in blocks. */
export interface TextFile {
  line(text: string): void;
  close(): void;
}

const blockLength = 1 << 18;

export function createTextFile(path: string, encode: Encode = encodeUtf8, newline = "\r\n"): TextFile {
  const file = openSync(path, "w");
  let block = "";
  const flush = () => {
    const bytes = encode(block);
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    block = "";
  };
  return {
    line(text) {
      block += text + newline;
      if (block.length >= blockLength) flush();
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

/** One CSV record (RFC 4180 §2): a value is quoted when it holds a comma, a quote or a line end. */
export function csvLine(values: readonly string[]): string {
  return values
    .map((value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
    .join(",");
}
