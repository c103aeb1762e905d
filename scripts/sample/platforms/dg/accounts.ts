import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const database = "credit";
export const superuser = "postgres";
/** The agent's account: it may read and nothing else. */
export const reader = "xinqiao_reader";

const fileOf = (folder: string, account: string) => join(folder, `${account}.password`);

/** Gives every account a password of its own, in a file only its owner can read. */
export async function createPasswords(folder: string): Promise<void> {
  for (const account of [superuser, reader]) {
    const password = randomBytes(24).toString("base64url");
    await writeFile(fileOf(folder, account), `${password}\n`, { mode: 0o600 });
  }
}

export async function readPassword(
  folder: string,
  account: typeof superuser | typeof reader,
): Promise<string> {
  return (await readFile(fileOf(folder, account), "utf8")).trim();
}
