const china = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", dateStyle: "short" });

/**
 * The calendar day of an instant (milliseconds since 1970), `YYYY-MM-DD`: law and publication go by the day of the
 * jurisdiction, whatever the machine's own zone.
 */
export function chinaDay(instant: number): string {
  return china.format(instant);
}

const chinaClock = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai",
  dateStyle: "short",
  timeStyle: "medium",
});

/** An instant (milliseconds since 1970) as a clock in Beijing shows it, `2026-03-01 09:30:05`: for people, never to be parsed. */
export function chinaTime(instant: number): string {
  return chinaClock.format(instant);
}

const dayMs = 86_400_000;

/**
 * Whether a day (`2026-03-01`) has not begun in Beijing at an instant of one's own clock; another's day is let off one day, as
 * far as clocks may differ.
 */
export function isToCome(day: string, now: number, whose: "own" | "another's" = "own"): boolean {
  return day > chinaDay(whose === "own" ? now : now + dayMs);
}

/** A day begins at its first instant in Beijing; an instant, or what is no day, is taken as it is. */
export function instantOf(text: string): string;
export function instantOf(text: string | undefined): string | undefined;
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const begin = Date.parse(`${text}T00:00:00+08:00`);
  return Number.isNaN(begin) ? text : new Date(begin).toISOString();
}

/** The month before one, both `2026-11`. */
export function monthBefore(month: string): string {
  const before = new Date(`${month}-01T00:00:00Z`);
  before.setUTCMonth(before.getUTCMonth() - 1);
  return before.toISOString().slice(0, 7);
}

/** The first instants of a month and of the next one, by Beijing's clock. */
export function instantsOfMonth(month: string): { readonly from: string; readonly to: string } {
  const next = new Date(`${month}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { from: instantOf(`${month}-01`), to: instantOf(next.toISOString().slice(0, 10)) };
}

export {
  createWorkingDays,
  isRestDay,
  type OfficialDays,
  officialDays,
  officialDaysSchema,
  workingDayAfter,
} from "./rest-days.ts";
