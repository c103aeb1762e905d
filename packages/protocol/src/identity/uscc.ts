import { z } from "zod";
import { err, ok, type Result } from "../result/index.ts";
import { isRegistrationDivision } from "./division.ts";
import type { IdentityFault, IdentityReason } from "./fault.ts";
import { organisationCheck } from "./organisation-code.ts";

const usccSchema = z.string().length(18).brand<"Uscc">();
/** 统一社会信用代码, GB 32100: authority, kind, division (6), organisation code (9), check character. */
export type Uscc = z.infer<typeof usccSchema>;

export interface UsccOptions {
  /**
   * Whole codes that were really issued with one fault, kept by an operator. A listed code is let
   * through only when exactly one layer fails: two faults are a slip of the pen, not of the registrar.
   */
  readonly exceptions?: ReadonlySet<string>;
}

/** GB 32100: a character's value is its place; I, O, S, V and Z are not used. */
const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const shape = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/;

/**
 * GB 32100, as amended: registering authority (first character) → its kinds of body (second).
 * 54 and 55 are the villagers' and residents' committees, registered by civil affairs since 2018.
 */
const bodyKinds: Readonly<Record<string, string>> = {
  1: "1239", // 机构编制
  2: "19", // 外交
  3: "123459", // 司法行政
  4: "19", // 文化
  5: "123459", // 民政
  6: "129", // 旅游
  7: "129", // 宗教
  8: "19", // 工会
  9: "123", // 市场监管
  A: "19", // 军队
  N: "1239", // 农业农村
  Y: "1", // 其他
};

/** What the registrar wrote, layer by layer from left to right: the reason it cannot be so, or nothing. */
const layers: readonly ((code: string) => IdentityReason | undefined)[] = [
  (code) => {
    const kinds = bodyKinds[code.charAt(0)];
    if (kinds === undefined) return "authority";
    return kinds.includes(code.charAt(1)) ? undefined : "kind";
  },
  (code) => (isRegistrationDivision(code.slice(2, 8)) ? undefined : "division"),
  (code) => (organisationCheck(code.slice(8, 16)) === code.charAt(16) ? undefined : "organisation-code"),
  (code) => (usccCheck(code) === code.charAt(17) ? undefined : "check-character"),
];

/** Strict: 18 capital characters. Raw text from a file goes through `normaliseIdentifier` first. */
export function parseUscc(text: string, options: UsccOptions = {}): Result<Uscc, IdentityFault> {
  const refuse = (reason: IdentityReason) => err({ scheme: "uscc" as const, reason });
  if (text.length !== 18) return refuse("length");
  if (!shape.test(text)) return refuse("character");
  const [first, second] = layers.flatMap((layer) => layer(text) ?? []);
  const excepted = second === undefined && options.exceptions?.has(text) === true;
  if (first !== undefined && !excepted) return refuse(first);
  return ok(usccSchema.parse(text));
}

/** GB 32100: check value (31 − Σ mod 31) mod 31 of the first 17 characters. */
function usccCheck(code: string): string {
  const sum = weights.reduce((total, weight, at) => total + weight * alphabet.indexOf(code.charAt(at)), 0);
  return alphabet.charAt((31 - (sum % 31)) % 31);
}

export interface UsccParts {
  /** Default 9, market regulation. */
  readonly authority?: string;
  /** Default 1, an enterprise under authority 9. */
  readonly kind?: string;
  readonly division: string;
  /** Up to eight characters of the alphabet; padded with zeros on the left. */
  readonly serial: string;
}

/** A valid code for a synthetic subject. Parts that no registrar could issue are a bug in the caller. */
export function composeUscc({ authority = "9", kind = "1", division, serial }: UsccParts): Uscc {
  const body = serial.padStart(8, "0");
  const unchecked = `${authority}${kind}${division}${body}${organisationCheck(body)}`;
  const code = parseUscc(`${unchecked}${usccCheck(unchecked)}`);
  if (!code.ok) throw new RangeError(`these parts make no unified social credit code: ${code.error.reason}`);
  return code.value;
}
