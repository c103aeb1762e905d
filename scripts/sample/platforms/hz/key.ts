import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const fileIn = (folder: string) => join(folder, "api.key");

/** The key that callers of the platform's interface send, in a file only its owner can read. */
export async function createKey(folder: string): Promise<void> {
  await writeFile(fileIn(folder), `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
}

export async function readKey(folder: string): Promise<string> {
  return (await readFile(fileIn(folder), "utf8")).trim();
}
