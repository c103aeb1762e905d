import { type Archived, type ArchivingDependencies, archiveLog } from "./archive-log.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** After a start, when its rush is over. */
const firstMs = 60_000;

export interface DailyArchiving extends ArchivingDependencies {
  readonly afterDays: number;
  readonly now: () => number;
  readonly onArchived: (archived: Archived) => void;
  readonly onError: (error: unknown) => void;
}

/** Archives once a day what is older than so many days. @returns what stops it, between two commits */
export function archiveDaily({ afterDays, now, onArchived, onError, ...deps }: DailyArchiving): () => void {
  let stop = false;
  let timer: NodeJS.Timeout;
  const run = () => {
    archiveLog(now() - afterDays * dayMs, { ...deps, stopped: () => stop })
      .then(onArchived, onError)
      .finally(() => {
        if (!stop) timer = setTimeout(run, dayMs).unref();
      });
  };
  timer = setTimeout(run, firstMs).unref();
  return () => {
    stop = true;
    clearTimeout(timer);
  };
}
