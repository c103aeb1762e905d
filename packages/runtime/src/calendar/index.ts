const china = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", dateStyle: "short" });

/**
 * The calendar day of an instant (milliseconds since 1970), `YYYY-MM-DD`: law and publication go by the day of the
 * jurisdiction, whatever the machine's own zone.
 */
export function chinaDay(instant: number): string {
  return china.format(instant);
}
