import { z } from "zod";
import { nodeIdSchema, parseCitizenId } from "../identity/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { statementOf } from "./signed.ts";

const seconds = z.number().int().nonnegative();

/** Which hit: of which screening or lookup, whose, and which version of which record. */
export const hitReferenceSchema = z.strictObject({
  /** Request id of the screening or lookup. */
  exchange: z.uuid(),
  source: nodeIdSchema,
  /** The record's exact version, as the hit names it. */
  entry: sha256Schema,
});
export type HitReference = z.infer<typeof hitReferenceSchema>;

/** What a member did about a hit. `partly`: some of the measures that apply to the matter. */
export const measureOutcomes = ["applied", "partly", "not-applied"] as const;
export type MeasureOutcome = (typeof measureOutcomes)[number];

const citizenIdLength = 18;

/** A person's number must not get in by way of a reference. */
function holdsCitizenId(text: string): boolean {
  return Array.from(text, (_, at) => text.slice(at, at + citizenIdLength)).some(
    (part) => part.length === citizenIdLength && parseCitizenId(part).ok,
  );
}

/** The member's own number of the matter: it means nothing to anybody else. */
export const matterReferenceSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/)
  .refine((text) => !holdsCitizenId(text), "is a person's number");

export const reasonSchema = z.string().min(1).max(400);

/** What a member says that it did, before it signs that. */
export const measureDoneSchema = hitReferenceSchema.extend({
  outcome: z.enum(measureOutcomes),
  matter: matterReferenceSchema,
  /** The day on which it was decided. */
  on: z.iso.date(),
  reason: reasonSchema.optional(),
});
export type MeasureDone = z.infer<typeof measureDoneSchema>;

const saysWhy = ({ outcome, reason }: Pick<MeasureDone, "outcome" | "reason">) =>
  outcome === "applied" || reason !== undefined;

/** What a member hands to its agent, before it signs that: what was not applied whole says why. */
export const measureReportDraftSchema = measureDoneSchema.refine(saysWhy, "says no reason");

/** A member's word of what it did about a hit (PR-SYNC §7). */
export const measureReportSchema = measureDoneSchema
  .extend({ iss: nodeIdSchema, iat: seconds })
  .refine(saysWhy, "says no reason");
export type MeasureReport = z.infer<typeof measureReportSchema>;

export const { sign: signMeasureReport, open: openMeasureReport } = statementOf(
  "xinqiao-measure+jws",
  measureReportSchema,
);
