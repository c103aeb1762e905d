import { z } from "zod";

const placeSchema = z.tuple([z.string(), z.string()]).readonly();
type Place = z.infer<typeof placeSchema>;

/**
 * How far a table was read by a column that grows. A row's mark is made before its transaction commits: what was read
 * past may still appear. So each round reads again from the place that has settled, and a place settles when a round
 * that began `overlapMs` after it had been reached has read all up to it once more.
 */
export const columnCursorSchema = z.strictObject({
  basis: z.string(),
  settled: placeSchema.nullable(),
  /** The place that is to settle next, and when it had been reached. */
  next: z.strictObject({ place: placeSchema, at: z.number() }).nullable(),
  /** The round under way. */
  round: z.strictObject({ place: placeSchema.nullable(), began: z.number() }).nullable(),
});
export type ColumnCursor = z.infer<typeof columnCursorSchema>;
export type UnderWay = ColumnCursor & { readonly round: NonNullable<ColumnCursor["round"]> };

/** The round under way, or a new one; from the beginning where rows say something else than they did. */
export function underWay(text: string | undefined, basis: string, now: number): UnderWay {
  const read = text === undefined ? undefined : columnCursorSchema.parse(JSON.parse(text));
  const cursor = read?.basis === basis ? read : { basis, settled: null, next: null, round: null };
  return { ...cursor, round: cursor.round ?? { place: cursor.settled, began: now } };
}

/** Once a page was read. */
export function moved(
  cursor: UnderWay,
  page: { readonly isLast: boolean; readonly last?: Place },
  now: number,
  overlapMs: number,
): ColumnCursor {
  const round = { ...cursor.round, place: page.last ?? cursor.round.place };
  return page.isLast ? ended({ ...cursor, round }, now, overlapMs) : { ...cursor, round };
}

function ended({ basis, settled: before, next, round }: UnderWay, now: number, overlapMs: number) {
  const settles = next !== null && round.began >= next.at + overlapMs;
  const settled = settles ? next.place : before;
  const waits = settles ? null : next;
  const isBeyond = round.place !== null && !isSame(round.place, settled);
  return {
    basis,
    settled,
    next: waits ?? (round.place !== null && isBeyond ? { place: round.place, at: now } : null),
    round: null,
  };
}

const isSame = (one: Place, other: Place | null) => one[0] === other?.[0] && one[1] === other[1];
