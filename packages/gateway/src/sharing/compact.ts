import { setImmediate as nextTurn } from "node:timers/promises";

/** What nobody can ask for any more, dropped a few at a time. */
export interface Compaction {
  /** Heads of feeds that another has replaced whole: their places stay, so that who has read to one goes on from it. @returns how many */
  dropReplaced(limit: number): number;
  /** Corrections that were completed before an instant, milliseconds since 1970; the log names their statements by hash. @returns how many */
  forgetCorrections(before: number, limit: number): number;
  /** What records say whose publication ended before a day, but for those of which a reader has the end yet to hear. @returns how many */
  blankEnded(today: string, limit: number): number;
  /** What screenings gave so long before a day that nobody may report about it any more. @returns of how many screenings */
  forgetGiven(today: string, limit: number): number;
}

/** Some milliseconds of work. */
const sliceSize = 100;
/** One screening may have given ten thousand. */
const screeningsAtOnce = 10;

/** Exchanges go in between. */
export async function compactSharing(hub: Compaction, forgetBefore: number, today: string): Promise<void> {
  while (hub.dropReplaced(sliceSize) > 0) await nextTurn();
  while (hub.forgetCorrections(forgetBefore, sliceSize) > 0) await nextTurn();
  while (hub.blankEnded(today, sliceSize) > 0) await nextTurn();
  while (hub.forgetGiven(today, screeningsAtOnce) > 0) await nextTurn();
}
