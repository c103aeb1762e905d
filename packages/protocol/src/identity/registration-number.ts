import { z } from "zod";
import { err, ok, type Result } from "../result/index.ts";
import type { IdentityFault } from "./fault.ts";

const registrationNumberSchema = z.string().length(15).brand<"RegistrationNumber">();
/** 工商注册号, GS 15-2006: registrar (6), sequence (8), check digit. Replaced by the USCC in 2015. */
export type RegistrationNumber = z.infer<typeof registrationNumberSchema>;

export interface ParsedRegistrationNumber {
  readonly number: RegistrationNumber;
  /** False is a warning: numbers were published with a wrong check digit, and are still the subject's own. */
  readonly checkPassed: boolean;
}

export function parseRegistrationNumber(text: string): Result<ParsedRegistrationNumber, IdentityFault> {
  const scheme = "registration-number";
  if (text.length !== 15) return err({ scheme, reason: "length" });
  if (!/^\d{15}$/.test(text)) return err({ scheme, reason: "character" });
  const number = registrationNumberSchema.parse(text);
  return ok({ number, checkPassed: registrationCheck(text) === text.charAt(14) });
}

/** GS 15-2006, ISO 7064 MOD 11,10, of the first 14 digits. */
function registrationCheck(text: string): string {
  let product = 10;
  for (const digit of text.slice(0, 14)) {
    const sum = (product + Number(digit)) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return String((11 - product) % 10);
}

export interface RegistrationNumberParts {
  /** Six digits of the registrar. */
  readonly registrar: string;
  /** Up to eight digits; padded with zeros on the left. */
  readonly sequence: string;
}

/** A number with the right check digit for a synthetic subject. */
export function composeRegistrationNumber({
  registrar,
  sequence,
}: RegistrationNumberParts): RegistrationNumber {
  const unchecked = `${registrar}${sequence.padStart(8, "0")}`;
  const parsed = parseRegistrationNumber(`${unchecked}${registrationCheck(unchecked)}`);
  if (!parsed.ok) throw new RangeError(`these parts make no registration number: ${parsed.error.reason}`);
  return parsed.value.number;
}
