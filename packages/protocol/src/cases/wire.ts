import { z } from "zod";
import { logReferenceSchema } from "../exchange/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { mostWaitMs } from "../sync/index.ts";
import { caseStepNames, caseStepSchema } from "./step.ts";

/** Two thousand characters of a reason, and fifty hashes. */
const signedStepSchema = z.string().min(1).max(32_768);

/** Whose turn it is, and the last day on which it is in time. */
const dueSchema = z.strictObject({ by: nodeIdSchema, on: z.iso.date() });

/** `POST /v1/cases`: a member's signed step. */
export const caseStepMessageSchema = z.strictObject({ step: signedStepSchema });
export type CaseStepMessage = z.infer<typeof caseStepMessageSchema>;

export const caseLogSchema = logReferenceSchema.pick({ origin: true, size: true, root: true }).extend({
  index: z.number().int().nonnegative(),
});

/** The city's receipt, signed as every reply: which step counts, where that stands in the log, and what the case waits for. */
export const caseReplySchema = z.strictObject({
  case: z.uuid(),
  step: sha256Schema,
  due: dueSchema.optional(),
  log: caseLogSchema,
});
export type CaseReply = z.infer<typeof caseReplySchema>;

const placeSchema = {
  /** Position of the newest step that was read; 0 in the beginning. */
  position: z.number().int().nonnegative(),
  /** Its hash, by which a gateway that was put back knows that it is not its own; null at 0. */
  head: sha256Schema.nullable(),
};

/** `POST /v1/cases/read`: cases that the member has raised, and those about its records, which have had a step since. */
export const casesReadSchema = z.strictObject({
  after: placeSchema.position,
  head: placeSchema.head,
  waitMs: z.number().int().nonnegative().max(mostWaitMs),
});
export type CasesRead = z.infer<typeof casesReadSchema>;

/** Steps a case has at most. */
const mostSteps = 4;

export const deliveredCaseSchema = z.strictObject({
  /** All of them, in their order. */
  steps: z.array(signedStepSchema).min(1).max(mostSteps),
  due: dueSchema.optional(),
});
export type DeliveredCase = z.infer<typeof deliveredCaseSchema>;

/** Most cases of one reply. */
export const mostCases = 100;

export const caseDeliverySchema = z.strictObject({
  ...placeSchema,
  cases: z.array(deliveredCaseSchema).max(mostCases),
});
export type CaseDelivery = z.infer<typeof caseDeliverySchema>;

/** What a member's own people say when they raise a case. */
const [openedSchema, , extendedSchema, decidedSchema] = caseStepSchema.options;
export const caseOpeningSchema = openedSchema
  .pick({ kind: true, source: true, record: true, reason: true })
  .extend({
    evidence: openedSchema.shape.evidence.default([]),
    /** The platform's own choice, so that the same sent twice raises one case. */
    case: z.uuid().optional(),
  });
export type CaseOpening = z.infer<typeof caseOpeningSchema>;

export const caseExtensionSchema = extendedSchema.pick({ reason: true });
export const caseDecisionSchema = decidedSchema.pick({ outcome: true, reason: true });
export type CaseDecision = z.infer<typeof caseDecisionSchema>;

/** A case as the agent shows it to its platform. */
export const shownCaseSchema = z.strictObject({
  case: z.uuid(),
  kind: openedSchema.shape.kind,
  source: nodeIdSchema,
  record: openedSchema.shape.record,
  raisedBy: nodeIdSchema,
  state: z.enum(caseStepNames),
  outcome: caseDecisionSchema.shape.outcome.optional(),
  due: dueSchema.optional(),
  /** Whether the day is over. */
  late: z.boolean(),
  steps: z.array(z.strictObject({ said: caseStepSchema, signed: signedStepSchema })).min(1),
});
export type ShownCase = z.infer<typeof shownCaseSchema>;
export const shownCasesSchema = z.strictObject({ cases: z.array(shownCaseSchema) });
