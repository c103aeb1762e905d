import { err, ok, type Result } from "../result/index.ts";

const decimals = 6;

/**
 * An amount in 万元 → canonical decimal text: no leading zero, no trailing zero, at most six decimals.
 * Text in, text out: a float would lose the fen of a large amount. Thousands separators are refused,
 * because `1,000` and `1.000` are each other's amount somewhere.
 */
export function normaliseAmount(text: string): Result<string, "amount-format" | "amount-too-precise"> {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return err("amount-format");
  const [, whole = "", fraction = ""] = match;
  const significant = fraction.replace(/0+$/, "");
  if (significant.length > decimals) return err("amount-too-precise");
  const integer = whole.replace(/^0+(?=\d)/, "");
  return ok(significant === "" ? integer : `${integer}.${significant}`);
}
