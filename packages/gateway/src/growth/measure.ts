import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { OpenedPublishedLog } from "../store/sqlite/index.ts";
import { type Growth, growthOf } from "./growth.ts";

/** How fast a log grows on its disk, and how long that can go on. */
export async function measureGrowth(
  { log: path, logReserveBytes }: { readonly log: string; readonly logReserveBytes: number },
  published: OpenedPublishedLog,
  now: number,
): Promise<Growth> {
  const { bavail, bsize } = await statfs(dirname(path));
  const { writtenAt } = published;
  const log = {
    size: published.head().size,
    archived: published.archived(),
    usedBytes: published.usedBytes(),
    writtenAt,
  };
  return growthOf(log, bavail * bsize - logReserveBytes, now);
}
