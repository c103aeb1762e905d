import { mkdir, open, readFile, rm } from "node:fs/promises";
import { SampleError } from "../sample-error.ts";
import type { Layout } from "./layout.ts";

/** Holds the data folder for this process: two starts on one folder would share databases and logs. */
export async function lockFolder(layout: Layout): Promise<AsyncDisposable> {
  await mkdir(layout.data, { recursive: true });
  for (;;) {
    if (await claim(layout.lock)) return { [Symbol.asyncDispose]: () => rm(layout.lock, { force: true }) };
    const holder = Number(await readFile(layout.lock, "utf8").catch(() => ""));
    if (isRunning(holder)) {
      throw new SampleError(
        `${layout.data} is in use by process ${holder}: stop it, or name another folder with --data. · 目录正被进程 ${holder} 使用，请先停止它，或用 --data 另指目录。`,
      );
    }
    await rm(layout.lock, { force: true });
  }
}

async function claim(file: string): Promise<boolean> {
  const handle = await open(file, "wx").catch(() => undefined);
  if (handle === undefined) return false;
  await handle.writeFile(String(process.pid));
  await handle.close();
  return true;
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
