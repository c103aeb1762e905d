import { tileWidth } from "@xinqiao/protocol/tiles";
import { type AgingLog, firstSince, type LogArchiving } from "../log/index.ts";
import { writeTile } from "./write.ts";

/** The log is taken up from its newest entries: so many never leave the database, however old. */
const newestKept = 4_096;

/** Tiles that leave the database in one commit: a few milliseconds, so that no exchange waits for longer. */
const tilesAtOnce = 4;

export interface ArchivingDependencies {
  readonly folder: string;
  readonly published: AgingLog;
  readonly log: LogArchiving;
  readonly onProgress?: (done: number, total: number) => void;
  readonly keep?: number;
  /** Looked at between two commits. */
  readonly stopped?: () => boolean;
}

export interface Archived {
  /** Entries that are in the archive now. */
  readonly size: number;
  /** Of them, those that this run has put there. */
  readonly moved: number;
}

/**
 * Moves full tiles of entries written before `before` (milliseconds since 1970) into the archive: first the files, on the
 * disk and read back, then the commit by which the database lets go of them. Broken off anywhere, an entry is in the
 * database, or in both, or in the archive; the next run goes on from what the database says. Nothing is archived that no
 * checkpoint covers.
 */
export async function archiveLog(before: number, deps: ArchivingDependencies): Promise<Archived> {
  const { folder, published, log, onProgress, keep = newestKept, stopped = () => false } = deps;
  const start = published.archived();
  const most = Math.max(0, (published.newest()?.size ?? 0) - keep);
  const end = Math.max(
    start,
    whole(firstSince(before, [start, most], (index) => published.writtenAt(index))),
  );
  let size = start;
  while (size < end && !stopped()) {
    const next = Math.min(end, size + tilesAtOnce * tileWidth);
    for (let from = size; from < next; from += tileWidth)
      await writeTile(folder, from / tileWidth, published);
    const done = await log.letGo(size, next);
    if (!done.ok)
      throw new Error(`the log does not let go of entries ${size} to ${next}: ${done.error.code}`);
    size = next;
    onProgress?.(size - start, end - start);
  }
  return { size, moved: size - start };
}

const whole = (size: number) => Math.floor(Math.max(0, size) / tileWidth) * tileWidth;
