import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { absent } from "@xinqiao/runtime/files";

/** How programs call a file that they have not finished with: hidden, locks of office programs, parts of a transfer. */
const unfinished = /^\.|^~\$|~$|\.(?:part|filepart|tmp)$/i;

interface Seen {
  /** Size and time of change: neither moves while nobody writes. */
  readonly stamp: string;
  /** Since when it has been seen so, by this machine's clock: a share's may be another. */
  readonly since: number;
}

/**
 * Finds the files in a folder that are whole: they have not changed for a while of being looked at. A file's own times
 * say nothing about that: many programs copy the original's. Nothing but regular files: a link may lead anywhere.
 */
export function createWholeFiles(
  settleMs: number,
  now: () => number,
): (folder: string) => Promise<readonly string[]> {
  let before: ReadonlyMap<string, Seen> = new Map();
  return async (folder) => {
    const seen = new Map<string, Seen>();
    for (const name of await namesIn(folder)) {
      const stamp = await stampOf(join(folder, name));
      if (stamp === undefined) continue;
      const last = before.get(name);
      seen.set(name, last?.stamp === stamp ? last : { stamp, since: now() });
    }
    before = seen;
    return [...seen].filter(([, { since }]) => now() - since >= settleMs).map(([name]) => name);
  };
}

/** What lies there and is never read: folders, links. */
export async function noFilesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => !entry.isFile() && !unfinished.test(entry.name)).map(({ name }) => name);
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !unfinished.test(entry.name)).map(({ name }) => name);
}

/** Nothing when the file is gone by now. */
async function stampOf(path: string): Promise<string | undefined> {
  const state = await lstat(path).catch(absent);
  return state?.isFile() ? `${state.size} ${state.mtimeMs}` : undefined;
}
