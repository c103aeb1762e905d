import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { replaceFile } from "@xinqiao/runtime/files";

/** Puts a file in its place whole and on the disk, or not at all; takes the place of one of that name. */
export async function writeWhole(file: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await replaceFile(file, bytes, 0o666);
}
