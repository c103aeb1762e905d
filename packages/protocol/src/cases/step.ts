import { createHash } from "node:crypto";
import { z } from "zod";
import { type NodeId, nodeIdSchema } from "../identity/index.ts";
import { payloadOf, readCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { disputeKinds, recordSchema } from "../record/index.ts";
import { type Directory, openWord, signWord } from "../registry/index.ts";

export const caseKinds = disputeKinds;

export const caseStepNames = ["opened", "checked", "extended", "decided"] as const;

/** What the source decides. `corrected` and `withdrawn` uphold an objection. */
export const caseOutcomes = ["corrected", "withdrawn", "repaired", "rejected"] as const;
export type CaseOutcome = (typeof caseOutcomes)[number];

const reasonSchema = z.string().min(1).max(2_000);

const common = {
  /** The member that takes the step. */
  iss: nodeIdSchema,
  case: z.uuid(),
  /** Seconds since 1970. */
  iat: z.number().int().nonnegative(),
};

/** Every step but the first names the one before by its hash: of two that race, one counts. */
const following = { ...common, after: sha256Schema };

/** What a member does about a case (PR-CASES §1). */
export const caseStepSchema = z.discriminatedUnion("step", [
  z.strictObject({
    step: z.literal("opened"),
    ...common,
    kind: z.enum(caseKinds),
    source: nodeIdSchema,
    record: recordSchema.shape.id,
    reason: reasonSchema,
    /** SHA-256 of each file; the files stay with the member that raised the case. */
    evidence: z.array(sha256Schema).max(50),
  }),
  z.strictObject({
    step: z.literal("checked"),
    ...following,
    /** Whether the city's copy says what the source says. */
    finding: z.enum(["same", "differs"]),
  }),
  z.strictObject({ step: z.literal("extended"), ...following, reason: reasonSchema }),
  z.strictObject({
    step: z.literal("decided"),
    ...following,
    outcome: z.enum(caseOutcomes),
    reason: reasonSchema,
    /** Of the record, from which on it is as decided; where rejected, from which on it stands unannotated again. */
    version: z.number().int().positive(),
  }),
]);
export type CaseStep = z.infer<typeof caseStepSchema>;

const caseStepWord = { type: "xinqiao-case-step+jws", schema: caseStepSchema };

export function signCaseStep(step: CaseStep, signer: Signer): Promise<string> {
  return signWord(caseStepWord, step, signer);
}

/** SHA-256 of a step as it travels, base64url: by which the next one, and the log, name it. */
export const stepHash = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** What a step says; whether its member has signed it is not looked at. */
export function readCaseStep(text: string): CaseStep | undefined {
  const jws = readCompact(text, caseStepWord.type);
  return jws && caseStepSchema.safeParse(payloadOf(jws)).data;
}

/** Opens a step of the member expected, signed with a key that counted then. */
export function openCaseStep(
  text: string,
  by: NodeId,
  directory: Pick<Directory, "key">,
): CaseStep | undefined {
  return openWord(caseStepWord, text, by, directory);
}
