import { firstSince } from "../log/index.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** A week has its working days and its weekend. */
const measuredDays = 7;

export interface GrowingLog {
  readonly size: number;
  /** Entries that are in the archive. */
  readonly archived: number;
  /** What the database takes, without the room in it that is free. */
  readonly usedBytes: number;
  /** When an entry was written, milliseconds since 1970. */
  writtenAt(index: number): number;
}

export interface Growth {
  /** Over the last seven days, or since the log began. */
  readonly bytesPerDay: number;
  /** Until the disk is as full as the log lets it get; nothing of a log that does not grow. */
  readonly daysLeft?: number;
}

/** @param roomBytes what is free, beyond the reserve that the log keeps */
export function growthOf(log: GrowingLog, roomBytes: number, now: number): Growth {
  if (log.size === 0) return { bytesPerDay: 0 };
  const since = Math.max(now - measuredDays * dayMs, log.writtenAt(0));
  // Whose leaves are in the archive takes little: counted with the others, the figure errs on the safe side.
  const bytesPerEntry = log.usedBytes / Math.max(1, log.size - log.archived);
  const days = Math.max(1, (now - since) / dayMs);
  const bytesPerDay =
    ((log.size - firstSince(since, [0, log.size], (index) => log.writtenAt(index))) * bytesPerEntry) / days;
  return bytesPerDay > 0 ? { bytesPerDay, daysLeft: Math.max(0, roomBytes) / bytesPerDay } : { bytesPerDay };
}
