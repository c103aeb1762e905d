import { type Database, emptyJournal } from "../database.ts";
import { createRound } from "./round.ts";

export interface Sweep {
  /** Something beside the log was erased or has expired. */
  begin(): void;
  /** What of one subject the log keeps nothing beside any more is not found by its tag from here on. */
  forget(tag: Buffer): void;
  /** Looks at some more tags and lines: whether there may be more to look at. */
  step(): boolean;
}

/** Small, so that a search that comes meanwhile hardly waits. */
const batch = 1_000;

/**
 * Takes tags out of lines beside which the log keeps nothing any more: what is erased there is not found here either. Tags
 * that nothing is kept by go first, along their own index; then what has expired or was asked for anew, line by line.
 */
export function createSweep(log: Database, index: Database): Sweep {
  const sql = prepare(log, index);
  // Also what was erased while no index was open.
  const tags = createRound((after: Buffer) => sql.nextTag.get(after) ?? undefined, Buffer.alloc(0));
  const lines = createRound((after: number) => sql.nextLine.get(after), -1);
  let untidy = false;

  function forgetLine(line: number): void {
    if (sql.keptBeside.get(line) !== undefined) return;
    sql.forgetLine.run(line);
    untidy = true;
  }

  function forgetTag(tag: Buffer): void {
    if (sql.keptBy.get(tag) !== undefined) return;
    sql.forgetTag.run(tag);
    untidy = true;
  }

  const stepOnce = index.transaction(() => {
    const seen = tags.take(batch);
    for (const tag of seen) forgetTag(tag);
    for (const line of seen.length > 0 ? [] : lines.take(batch)) forgetLine(line);
    return tags.isGoing() || lines.isGoing();
  });
  // One subject's lines: all at once, so that none is found when the caller is told so.
  const forget = index.transaction((tag: Buffer) => {
    for (const line of sql.linesOf.all(tag)) forgetLine(line);
  });
  /** What was taken out does not stay in the journal: while a reader holds it, it is tried again. */
  const tidy = () => {
    if (untidy) untidy = !emptyJournal(index);
  };

  return {
    begin() {
      tags.begin();
      lines.begin();
    },
    forget(tag) {
      forget.immediate(tag);
      tidy();
    },
    step() {
      const more = (tags.isGoing() || lines.isGoing()) && stepOnce.immediate();
      if (!more) tidy();
      return more;
    },
  };
}

function prepare(log: Database, index: Database) {
  return {
    nextTag: index.prepare<[Buffer], Buffer | null>("SELECT min(tag) FROM line WHERE tag > ?").pluck(),
    nextLine: index
      .prepare<[number], number>(
        "SELECT idx FROM line WHERE idx > ? AND coalesce(tag, case_tag) IS NOT NULL ORDER BY idx LIMIT 1",
      )
      .pluck(),
    linesOf: index.prepare<[Buffer], number>("SELECT idx FROM line WHERE tag = ?").pluck(),
    keptBy: log.prepare<[Buffer], number>("SELECT 1 FROM evidence WHERE tag = ? LIMIT 1").pluck(),
    keptBeside: log.prepare<[number], number>("SELECT 1 FROM evidence WHERE entry = ? LIMIT 1").pluck(),
    forgetTag: index.prepare<[Buffer]>("UPDATE line SET tag = NULL, case_tag = NULL WHERE tag = ?"),
    forgetLine: index.prepare<[number]>("UPDATE line SET tag = NULL, case_tag = NULL WHERE idx = ?"),
  };
}
