import { z } from "zod";
import { purposeCodeSchema } from "../catalogue/index.ts";
import { lookupSchema } from "../exchange/index.ts";
import { nodeIdSchema, subjectSchema } from "../identity/index.ts";
import { isCode } from "../problem/index.ts";

/** What came of a lookup. `open`: allowed, and nothing more is written yet. */
export const useOutcomes = ["complete", "partial", "refused", "interrupted", "open"] as const;
export type UseOutcome = (typeof useOutcomes)[number];

/** In a few characters, for a table. */
export const outcomeLabels: Readonly<Record<UseOutcome, string>> = {
  complete: "完整",
  partial: "部分",
  refused: "拒绝",
  interrupted: "中断",
  open: "未结",
};

const instant = z.iso.datetime({ offset: true });

/** What a line of the log must be to be found: all that is given, together. */
export const criteriaSchema = z.strictObject({
  /** From this instant on … */
  from: instant.optional(),
  /** … and before this one. */
  to: instant.optional(),
  /** Whose lookup it is, whoever passed it on; of other entries, who acted. */
  member: nodeIdSchema.optional(),
  purpose: purposeCodeSchema.optional(),
  outcome: z.enum(useOutcomes).optional(),
  /** Why it was refused. */
  code: z.string().refine(isCode).optional(),
  /** Who signed the authorisation that it used. */
  authoriser: nodeIdSchema.optional(),
  /** Who was asked. */
  target: nodeIdSchema.optional(),
  /** Whom it is about: only in a signed body, never in an address. */
  subject: subjectSchema.optional(),
  /** The asker's own file number, as the lookup gave it. */
  caseReference: lookupSchema.shape.caseReference,
});
export type Criteria = z.infer<typeof criteriaSchema>;

/** Without what the log only commits to: as a search may be kept or shown. */
export const openCriteriaSchema = criteriaSchema.omit({ subject: true, caseReference: true });

/** What of criteria may be kept or shown. */
export function openCriteria({ subject, caseReference, ...open }: Criteria): OpenCriteria {
  return open;
}
export type OpenCriteria = z.infer<typeof openCriteriaSchema>;

export const criterionNames = criteriaSchema.keyof().options;
export type CriterionName = (typeof criterionNames)[number];

/** Which criteria were used, without what they said. */
export function criteriaUsed(criteria: Criteria): CriterionName[] {
  return criterionNames.filter((name) => criteria[name] !== undefined);
}
