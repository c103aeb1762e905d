import { z } from "zod";

const hourMs = 3_600_000;

/** One hour of UTC, by its beginning: `2026-03-01T02Z`. */
export const intervalSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}Z$/)
  .refine(isHour, "no hour of the calendar")
  .brand<"Interval">();
export type Interval = z.infer<typeof intervalSchema>;

const beginning = (text: string) => Date.parse(text.replace("Z", ":00:00Z"));

/** The 30th of February and the 24th hour are read as something else: only what is written back alike is an hour. */
function isHour(text: string): boolean {
  const at = beginning(text);
  return !Number.isNaN(at) && `${new Date(at).toISOString().slice(0, 13)}Z` === text;
}

/**
 * Seconds after its end from which an hour is told of: by then every signature made in it has ended (five minutes at
 * most), and so has the exchange that it began. Nothing can be added to it any more.
 */
export const settleSeconds = 360;

/** The hour of an instant, in milliseconds since 1970. */
export function intervalAt(at: number): Interval {
  return intervalSchema.parse(`${new Date(at).toISOString().slice(0, 13)}Z`);
}

/** Milliseconds since 1970: from, and up to but not with. */
export function boundsOf(interval: Interval): { readonly from: number; readonly to: number } {
  const from = beginning(interval);
  return { from, to: from + hourMs };
}

export function isSettled(interval: Interval, now: number): boolean {
  return now >= boundsOf(interval).to + settleSeconds * 1000;
}

/** Hours in order, from the one of an instant up to and with the last that is settled. */
export function settledIntervals(from: number, now: number, limit: number): Interval[] {
  const settled: Interval[] = [];
  let next = intervalAt(from);
  while (settled.length < limit && isSettled(next, now)) {
    settled.push(next);
    next = intervalAt(boundsOf(next).to);
  }
  return settled;
}
