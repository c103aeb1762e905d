import { mkdir } from "node:fs/promises";
import Database, { SqliteError } from "better-sqlite3";
import { SampleError } from "../sample-error.ts";
import type { Layout } from "./layout.ts";

/**
 * Holds the data folder for this process: two starts on one folder would share databases and logs. The
 * lock is SQLite's on an empty file, because the system lets go of it however the process ends; a process
 * id in a file would outlive it, and could be somebody else's by then.
 */
export async function lockFolder(layout: Layout): Promise<Disposable> {
  await mkdir(layout.data, { recursive: true });
  const file = new Database(layout.lock, { timeout: 0 });
  try {
    file.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    if (!(error instanceof SqliteError) || error.code !== "SQLITE_BUSY") throw error;
    throw new SampleError(
      `${layout.data} is in use by another start: stop it, or name another folder with --data. · 目录正被另一个进程使用，请先停止它，或用 --data 另指目录。`,
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}
