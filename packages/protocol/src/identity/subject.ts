import { z } from "zod";
import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { parseCitizenId } from "./citizen-id.ts";
import type { IdentityFault } from "./fault.ts";
import { parseRegistrationNumber } from "./registration-number.ts";
import { type SubjectScheme, subjectSchemes } from "./scheme.ts";
import { parseUscc, type UsccOptions } from "./uscc.ts";

/** 企业 enterprise (个体工商户 among them), 自然人 individual, 事业单位 public institution, 社会组织 social organisation. */
export const subjectKinds = [
  "enterprise",
  "individual",
  "public-institution",
  "social-organisation",
] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** Whom a record is about. The shape only; `parseSubject` checks the identifier itself. */
export const subjectSchema = z.strictObject({
  kind: z.enum(subjectKinds),
  scheme: z.enum(subjectSchemes),
  id: z.string().min(1).max(32),
});
export type Subject = z.infer<typeof subjectSchema>;

type Check = (id: string, options: UsccOptions) => Result<unknown, IdentityFault>;

const checks: Readonly<Record<SubjectScheme, Check>> = {
  uscc: parseUscc,
  "citizen-id": parseCitizenId,
  "registration-number": parseRegistrationNumber,
};

/**
 * Checks that the identifier is valid in its scheme and can belong to a subject of that kind. Values
 * are taken as they stand (capitals only): two spellings of one subject would be two commitments in
 * the log, and two subjects in a source.
 */
export function checkSubject(subject: Subject, options: UsccOptions = {}): Result<Subject, IdentityFault> {
  const { kind, scheme, id } = subject;
  const checked = checks[scheme](id, options);
  if (!checked.ok) return checked;
  return mayCarry(kind, scheme) ? ok(subject) : err({ scheme, reason: "subject-kind" });
}

/** `checkSubject` for a message: fails with `lookup.subject-invalid` and facts `{ scheme, reason }`. */
export function parseSubject(subject: Subject, options: UsccOptions = {}): Result<Subject, Fault> {
  const checked = checkSubject(subject, options);
  return checked.ok ? checked : err(fault("lookup.subject-invalid", undefined, { ...checked.error }));
}

/** A subject as one text, the same in every log and token: what is committed to. */
export function subjectText({ scheme, id }: Pick<Subject, "scheme" | "id">): string {
  return `${scheme}:${id}`;
}

/** A person has a citizen ID and nothing else; a registration number was given to enterprises only. */
function mayCarry(kind: SubjectKind, scheme: SubjectScheme): boolean {
  if (scheme === "citizen-id") return kind === "individual";
  return scheme === "registration-number" ? kind === "enterprise" : kind !== "individual";
}
