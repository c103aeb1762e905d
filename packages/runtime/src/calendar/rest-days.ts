import announced from "chinese-days/dist/chinese-days.json" with { type: "json" };
import { z } from "zod";

const days = z.record(z.iso.date(), z.unknown());

/** Days that are off, and days that are worked in their stead, as the State Council announces them year by year. */
export const officialDaysSchema = z.object({ holidays: days, workdays: days });
export type OfficialDays = z.infer<typeof officialDaysSchema>;

/** As far as the library has them: it is brought up to date once a year. */
export function officialDays(): OfficialDays {
  return officialDaysSchema.parse(announced);
}

/** Whether nobody is at work on a day (`YYYY-MM-DD`): a holiday, or a weekend that is not worked. */
export function isRestDay(day: string, { holidays, workdays }: OfficialDays): boolean {
  if (day in workdays) return false;
  return day in holidays || [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
}

const dayMs = 86_400_000;

/** The n-th working day after a day (both `YYYY-MM-DD`); the day itself does not count. */
export function workingDayAfter(day: string, n: number, official: OfficialDays): string {
  let at = Date.parse(`${day}T00:00:00Z`);
  let next = day;
  for (let left = n; left > 0; ) {
    at += dayMs;
    next = new Date(at).toISOString().slice(0, 10);
    if (!isRestDay(next, official)) left -= 1;
  }
  return next;
}

/** Most days that are remembered: those of some years. */
const mostRemembered = 10_000;

/** `workingDayAfter`, reckoned once for each day: what comes together is often of the same days. */
export function createWorkingDays(official: OfficialDays): (day: string, n: number) => string {
  const known = new Map<string, string>();
  return (day, n) => {
    const key = `${day} ${n}`;
    const found = known.get(key) ?? workingDayAfter(day, n, official);
    if (known.size >= mostRemembered) known.clear();
    known.set(key, found);
    return found;
  };
}
