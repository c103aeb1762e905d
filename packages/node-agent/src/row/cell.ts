import { err, ok, type Result } from "@xinqiao/protocol/result";

/** Why a value of a spreadsheet, a table or a service cannot be read as text without guessing. */
export type CellReason =
  /** A number of more digits than it was stored with: an identifier typed into a number cell has lost its last ones. */
  | "number-imprecise"
  /** The spreadsheet itself shows an error (`#N/A`), or a formula without a result. */
  | "cell-error"
  /** An object, a list, bytes. */
  | "cell-not-text";

/** Fifteen significant digits are what a spreadsheet keeps; `0.1 + 0.2` reads `0.3`, and nothing gets an exponent. */
const decimal = new Intl.NumberFormat("en-US", { useGrouping: false, maximumSignificantDigits: 15 });
const firstImpreciseInteger = 1e15;

/** Any value as the text a person would read; empty when there is none. */
export function cellText(value: unknown): Result<string, CellReason> {
  switch (typeof value) {
    case "string":
      return ok(value);
    case "number":
      return numberText(value);
    case "bigint":
    case "boolean":
      return ok(String(value));
    case "undefined":
      return ok("");
    default:
      if (value === null) return ok("");
      return value instanceof Date ? dateText(value) : err("cell-not-text");
  }
}

function numberText(value: number): Result<string, CellReason> {
  if (!Number.isFinite(value)) return err("cell-error");
  return Math.abs(value) < firstImpreciseInteger ? ok(decimal.format(value)) : err("number-imprecise");
}

/** A spreadsheet's date is a wall clock, which its reader puts in UTC. */
function dateText(value: Date): Result<string, CellReason> {
  if (Number.isNaN(value.getTime())) return err("cell-error");
  const [day = "", time = ""] = value.toISOString().split("T");
  return ok(time.startsWith("00:00:00") ? day : `${day} ${time.slice(0, 8)}`);
}
