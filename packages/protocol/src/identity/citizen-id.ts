import { z } from "zod";
import { err, ok, type Result } from "../result/index.ts";
import { isProvince } from "./division.ts";
import type { IdentityFault, IdentityReason } from "./fault.ts";

const citizenIdSchema = z.string().length(18).brand<"CitizenId">();
/** 公民身份号码, GB 11643: division (6), birth date (8), sequence (3), check character. */
export type CitizenId = z.infer<typeof citizenIdSchema>;

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkCharacters = "10X98765432";

/**
 * Residence permits of Taiwan residents carry 830000, which is no GB/T 2260 province (State Council,
 * 港澳台居民居住证申领发放办法, 2018); Hong Kong and Macao use their own 81 and 82.
 */
const taiwanResidents = "83";

/** Numbers were first given out in 1984: an earlier birth is a slip, whatever the calendar says. */
const earliestBirth = "1800-01-01";
const realDay = z.iso.date();

/**
 * Strict: 17 digits and a digit or capital X. Of the division only the province is checked: people
 * keep the number of the county they were first registered in, long after it is gone.
 */
export function parseCitizenId(text: string): Result<CitizenId, IdentityFault> {
  const refuse = (reason: IdentityReason) => err({ scheme: "citizen-id" as const, reason });
  if (/^\d{15}$/.test(text)) return refuse("old-form");
  if (text.length !== 18) return refuse("length");
  if (!/^\d{17}[\dX]$/.test(text)) return refuse("character");
  const province = text.slice(0, 2);
  if (!isProvince(province) && province !== taiwanResidents) return refuse("division");
  const birth = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  if (birth < earliestBirth || !realDay.safeParse(birth).success) return refuse("birth-date");
  if (citizenCheck(text) !== text.charAt(17)) return refuse("check-character");
  return ok(citizenIdSchema.parse(text));
}

const citizenIdLength = 18;

/** Whether a person's number stands anywhere in a text that is to hold none. */
export function holdsCitizenId(text: string): boolean {
  return Array.from(text, (_, at) => text.slice(at, at + citizenIdLength)).some(
    (part) => parseCitizenId(part).ok,
  );
}

/** GB 11643, ISO 7064 MOD 11-2, of the first 17 digits. */
function citizenCheck(text: string): string {
  const sum = weights.reduce((total, weight, at) => total + weight * Number(text.charAt(at)), 0);
  return checkCharacters.charAt(sum % 11);
}

export interface CitizenIdParts {
  /** A city's own code such as `440300` makes a number that nobody has: address codes are of counties. */
  readonly division: string;
  /** `YYYY-MM-DD`. */
  readonly birth: string;
  /** 0 to 999; odd for men. */
  readonly sequence: number;
}

/** A valid number for a synthetic person. Parts that make none are a bug in the caller. */
export function composeCitizenId({ division, birth, sequence }: CitizenIdParts): CitizenId {
  const unchecked = `${division}${birth.replaceAll("-", "")}${String(sequence).padStart(3, "0")}`;
  const number = parseCitizenId(`${unchecked}${citizenCheck(unchecked)}`);
  if (!number.ok) throw new RangeError(`these parts make no citizen ID: ${number.error.reason}`);
  return number.value;
}
