import { access, chmod, constants, mkdir, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, exists } from "@xinqiao/runtime/files";

/** The folders of a watched folder. */
export interface Places {
  readonly folder: string;
  /** Where senders put files. */
  readonly in: string;
  /** Where they find them again: taken in, every row of them. */
  readonly done: string;
  /** Or not, or not every row. */
  readonly quarantine: string;
  /** This agent's own: files it has taken over, each in a folder of its own. */
  readonly work: string;
}

/** @param node whose agent watches it: two agents may watch one folder, and each takes up its own work again */
export function placesIn(folder: string, node: string): Places {
  return {
    folder,
    in: join(folder, "in"),
    done: join(folder, "done"),
    quarantine: join(folder, "quarantine"),
    work: join(folder, ".work", node),
  };
}

/**
 * Makes what is not there. Whoever may use the folder may use the folders in it that are for senders, whatever this
 * process would otherwise let others do; what is under way is the agent's alone.
 */
export async function makePlaces(places: Places): Promise<void> {
  const { folder } = places;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  for (const place of [places.in, places.done, places.quarantine]) {
    if (await exists(place)) continue;
    await mkdir(place);
    // A service that may not set these bits would otherwise leave a folder that no sender gets into, and say nothing.
    await chmod(place, mode & 0o7777).catch(async (error: unknown) => {
      await rmdir(place);
      throw error;
    });
  }
  await mkdir(places.work, { recursive: true, mode: 0o700 });
}

/** Where files and reports lie that senders have to fetch. */
export function handedBackFolders(folder: string): readonly string[] {
  return [join(folder, "done"), join(folder, "quarantine")];
}

/**
 * The places in which this process could not take files or hand them back; what the agent makes itself may be missing.
 * The folder itself is made too, but one that is missing is more often a share that is away.
 */
export async function unusablePlaces(folder: string, node: string): Promise<readonly string[]> {
  const { in: from, done, quarantine, work } = placesIn(folder, node);
  const unusable: string[] = [];
  for (const place of [folder, from, done, quarantine, work]) {
    const reason = await whyUnusable(place);
    if (reason !== undefined && (reason !== "ENOENT" || place === folder))
      unusable.push(`${place} (${reason})`);
  }
  return unusable;
}

async function whyUnusable(place: string): Promise<string | undefined> {
  try {
    if (!(await stat(place)).isDirectory()) return "ENOTDIR";
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (typeof code === "string") return code;
    throw error;
  }
}
