import type { SubjectScheme } from "./scheme.ts";

/** Why an identifier is refused, in the order a reader meets the fault from left to right. */
export const identityReasons = [
  "length",
  "character",
  /** A 15-digit citizen ID, of a card out of use since 2013-01-01 (居民身份证法). */
  "old-form",
  "authority",
  "kind",
  "division",
  "birth-date",
  "organisation-code",
  "check-character",
  /** The identifier cannot belong to the kind of subject stated beside it. */
  "subject-kind",
] as const;
export type IdentityReason = (typeof identityReasons)[number];

/** A refused identifier: which scheme and which layer. Never the identifier itself: it is personal data. */
export interface IdentityFault {
  readonly scheme: SubjectScheme | "organisation-code";
  readonly reason: IdentityReason;
}
