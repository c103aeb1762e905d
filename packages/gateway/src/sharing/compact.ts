import { setImmediate as nextTurn } from "node:timers/promises";

/** The order in which publications end. */
export interface EndedPlace {
  readonly until: string;
  readonly position: number;
  readonly seq: number;
}

export interface BlankTerms {
  /** The city's calendar day: what ended before it has ended. */
  readonly today: string;
  /** Of what came before it nobody has to be told again: no reader is put back that far. Milliseconds since 1970. */
  readonly heardBefore: number;
}

export interface CompactTerms extends BlankTerms {
  /** Corrections that were completed before are forgotten. Milliseconds since 1970. */
  readonly forgetBefore: number;
}

/** What nobody can ask for any more, dropped a few at a time. */
export interface Compaction {
  /**
   * Pages of feeds that another has replaced whole: nobody is handed one any more. Their places stay, so that who has read to
   * one goes on from it, and of their lines that such a record is repaired or withdrawn. @returns how many
   */
  dropReplaced(limit: number): number;
  /** Corrections that were completed before an instant, milliseconds since 1970; the log names their statements by hash. @returns how many */
  forgetCorrections(before: number, limit: number): number;
  /**
   * What some records say whose publication has ended. Where a correction brought that forward it stays until all who are
   * waited for have acknowledged it, and for a while yet: one of them may be put back to before it.
   * @param after a place; nothing to begin with
   * @returns where to go on; nothing: that was all
   */
  blankEnded(terms: BlankTerms, limit: number, after?: EndedPlace): EndedPlace | undefined;
  /** What screenings gave so long before a day that nobody may report about it any more. @returns of how many screenings */
  forgetGiven(today: string, limit: number): number;
}

/** Some milliseconds of work. */
const sliceSize = 100;
/** One may have five hundred lines. */
const pagesAtOnce = 10;
/** One screening may have given ten thousand. */
const screeningsAtOnce = 10;

/** Exchanges go in between. */
export async function compactSharing(
  hub: Compaction,
  { forgetBefore, ...terms }: CompactTerms,
): Promise<void> {
  while (hub.dropReplaced(pagesAtOnce) > 0) await nextTurn();
  while (hub.forgetCorrections(forgetBefore, sliceSize) > 0) await nextTurn();
  for (let at = hub.blankEnded(terms, sliceSize); at !== undefined; ) {
    await nextTurn();
    at = hub.blankEnded(terms, sliceSize, at);
  }
  while (hub.forgetGiven(terms.today, screeningsAtOnce) > 0) await nextTurn();
}
