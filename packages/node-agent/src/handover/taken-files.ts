import { mkdtemp, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "@xinqiao/runtime/files";

/** A file that was taken over, in a folder of its own: two files of one name can be under way. */
export interface TakenFile {
  readonly folder: string;
  /** Absent once the file itself has been handed back, and something beside it has not. */
  readonly name?: string;
}

/** What the agent itself puts beside a file begins with a dot; no file that is taken over does. */
export const ownFiles = {
  report: ".report.json",
  keptBack: ".report.csv",
  /** Under which name it is handed back, and where; there once that has begun. */
  handingBack: ".handing-back.json",
} as const;

/** Renaming is one step: of two that reach for a file, one gets it. Nothing when it is not there any more. */
export async function takeOver(from: string, name: string, work: string): Promise<TakenFile | undefined> {
  const folder = await mkdtemp(join(work, "file-"));
  try {
    await rename(join(from, name), join(folder, name));
    return { folder, name };
  } catch (error) {
    await rmdir(folder);
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** What was taken over and not handed back yet: before a crash, or because it could not be. */
export async function underWay(work: string): Promise<readonly TakenFile[]> {
  const taken: TakenFile[] = [];
  for (const each of await readdir(work)) {
    const folder = join(work, each);
    const names = await readdir(folder);
    const name = names.find((inside) => !inside.startsWith("."));
    if (name !== undefined) taken.push({ folder, name });
    else if (names.includes(ownFiles.handingBack)) taken.push({ folder });
    else await rm(folder, { recursive: true, force: true });
  }
  return taken;
}
