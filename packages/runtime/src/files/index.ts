import { randomUUID } from "node:crypto";
import { access, link, open, rename, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Makes a file whole or not at all, and never in the place of another: of two who publish under one name at once one
 * is told. Durable when it returns.
 * @returns whether it was made; false when there was one of that name
 */
export async function publishFile(file: string, text: string, mode: number): Promise<boolean> {
  const folder = dirname(file);
  const draft = join(folder, `.${basename(file)}.${randomUUID()}.draft`);
  await writeFile(draft, text, { mode, flush: true });
  try {
    const made = await linkNew(draft, file);
    if (made) await syncFolder(folder);
    return made;
  } finally {
    await unlink(draft);
  }
}

/**
 * Replaces a file in one step, or makes it: a reader sees the old one or the new one, never half of each. For a single
 * writer.
 */
export async function replaceFile(file: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  const next = `${file}.next`;
  await writeFile(next, bytes, { mode, flush: true });
  await rename(next, file);
}

export function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** For `catch`: a file that is not there is nothing; anything else is thrown on. */
export function absent(error: unknown): undefined {
  if (codeOf(error) === "ENOENT") return undefined;
  throw error;
}

/** What an error of the system or of a database calls itself, e.g. `ENOENT`. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** Gives a file a second name, unless that name is taken. */
export async function linkNew(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** What others have taken must not be gone after a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
