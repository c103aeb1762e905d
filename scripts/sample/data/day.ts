/** Milliseconds since 1970 of the sample's last day, 2026-06-30: fixed, so that today changes nothing. */
const lastDay = Date.UTC(2026, 5, 30);
const dayMs = 86_400_000;

/** `YYYY-MM-DD`, so many days before the sample's last day; a negative number is after it. */
export function daysBack(days: number): string {
  return new Date(lastDay - days * dayMs).toISOString().slice(0, 10);
}

/** The day so many days after a `YYYY-MM-DD`. */
export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
}
