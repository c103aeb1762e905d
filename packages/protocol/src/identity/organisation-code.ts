import { z } from "zod";
import { err, ok, type Result } from "../result/index.ts";
import type { IdentityFault, IdentityReason } from "./fault.ts";

const organisationCodeSchema = z.string().length(9).brand<"OrganisationCode">();
/** 组织机构代码, GB 11714: eight characters and a check character, without a hyphen. */
export type OrganisationCode = z.infer<typeof organisationCodeSchema>;

const weights = [3, 7, 9, 10, 5, 8, 4, 2];

/** GB 11714: the check character of eight digits or capital letters (A = 10 … Z = 35). */
export function organisationCheck(body: string): string {
  const sum = weights.reduce((total, weight, at) => total + weight * Number.parseInt(body.charAt(at), 36), 0);
  const check = 11 - (sum % 11);
  return check === 10 ? "X" : check === 11 ? "0" : String(check);
}

export function parseOrganisationCode(text: string): Result<OrganisationCode, IdentityFault> {
  const refuse = (reason: IdentityReason) => err({ scheme: "organisation-code" as const, reason });
  if (text.length !== 9) return refuse("length");
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(text)) return refuse("character");
  if (organisationCheck(text) !== text.charAt(8)) return refuse("check-character");
  return ok(organisationCodeSchema.parse(text));
}
