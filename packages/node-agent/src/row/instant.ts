/** China has kept one zone without summer time since 1991. */
const chinaOffset = "+08:00";
const chinaOffsetMs = 8 * 3600 * 1000;

const form =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * A time as platforms write it (`2024-01-02 08:00:00`, `2024-01-02T00:00:00.000Z`, a day, seconds or
 * milliseconds since 1970) → milliseconds since 1970. Without a zone it is China's; undefined when it is no time.
 */
export function parseInstant(text: string): number | undefined {
  if (/^\d{9,13}$/.test(text)) return text.length > 11 ? Number(text) : Number(text) * 1000;
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", time = "00:00:00", fraction = "0", zone = chinaOffset] = match;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const instant = Date.parse(`${date}T${seconds}.${fraction.slice(0, 3)}${fullZone(zone)}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** `Z`, `+08`, `+0800` and `+08:00` → the one form that every engine parses. */
function fullZone(zone: string): string {
  if (zone === "Z") return zone;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/**
 * The day of a timestamp, for columns that hold days: databases and their exports write midnight behind
 * them. With a zone it is the day that instant falls on in China. Anything else is left as it stands.
 */
export function dayText(text: string): string {
  const trimmed = text.trim();
  const match = form.exec(trimmed);
  if (match === null || match[4] === undefined) return text;
  if (match[6] === undefined) return trimmed.slice(0, trimmed.search(/[ T]/));
  const instant = parseInstant(trimmed);
  return instant === undefined ? text : new Date(instant + chinaOffsetMs).toISOString().slice(0, 10);
}
