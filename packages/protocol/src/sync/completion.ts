import { z } from "zod";
import { type NodeId, nodeIdSchema } from "../identity/index.ts";
import type { Signer } from "../keys/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { recordSchema } from "../record/index.ts";
import { type Directory, openWord, signWord } from "../registry/index.ts";
import { feedIdSchema } from "./feed.ts";

/** What a new version does to one that others hold. `corrected`: it says something else. */
export const correctionEffects = ["corrected", "annotated", "repaired", "withdrawn"] as const;
export type CorrectionEffect = (typeof correctionEffects)[number];

const seconds = z.number().int().nonnegative();

/** Which change corrects what was given out before; of the record it says nothing. */
export const correctionSchema = z.strictObject({
  source: nodeIdSchema,
  feed: feedIdSchema,
  seq: z.number().int().positive(),
  /** `lineHash` of the change; of what a whole feed has not named, the change that told it last (PR-SYNC §5). */
  change: sha256Schema,
  effect: z.enum(correctionEffects),
  /** Seconds since 1970: when the gateway took it. */
  openedAt: seconds,
  /** The last day, by the city's calendar, on which a holder is in time. */
  dueOn: z.iso.date(),
});
export type Correction = z.infer<typeof correctionSchema>;

/** One that had been given a version before, and its receipt for the correction. */
export const acknowledgedSchema = z.strictObject({
  node: nodeIdSchema,
  /** Seconds since 1970: when the gateway had its receipt. */
  at: seconds,
  /** SHA-256 of the receipt as its holder signed it. */
  receipt: sha256Schema,
});

/**
 * The city's word that everyone who held a version of the record before has applied its correction: everyone it knows of, which
 * after its store was put back is not who was handed one since that backup (PR-SYNC §5).
 */
export const completionSchema = correctionSchema.extend({
  /** The city. */
  iss: nodeIdSchema,
  iat: seconds,
  holders: z.array(acknowledgedSchema),
  /** Those that held it, have not acknowledged, and are no active members any more, or have not asked for long: nobody waits for them. */
  gone: z.array(nodeIdSchema),
});
export type Completion = z.infer<typeof completionSchema>;

const completionWord = { type: "xinqiao-completion+jws", schema: completionSchema };

export function signCompletion(completion: Completion, signer: Signer): Promise<string> {
  return signWord(completionWord, completion, signer);
}

/** Opens a statement of the city expected, signed with a key that counted then. */
export function openCompletion(
  text: string,
  city: NodeId,
  directory: Pick<Directory, "key">,
): Completion | undefined {
  return openWord(completionWord, text, city, directory);
}

/** `POST /v1/corrections`: how corrections of the asking member's own records fare, the newest first. */
export const correctionsRequestSchema = z.strictObject({
  limit: z.number().int().positive().max(500).default(100),
});

export const correctionLineSchema = correctionSchema.extend({
  /** Its id at its source, who is the one that is told; absent from a city that does not say. */
  record: recordSchema.shape.id.optional(),
  holders: z.array(z.strictObject({ node: nodeIdSchema, acknowledgedAt: seconds.optional() })),
  /** The signed statement, once all have acknowledged. */
  completion: z.string().optional(),
});
export type CorrectionLine = z.infer<typeof correctionLineSchema>;

export const correctionsSchema = z.strictObject({ corrections: z.array(correctionLineSchema) });
