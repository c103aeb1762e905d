import { z } from "zod";
import { fieldNameSchema } from "../commitment/index.ts";
import { keptRequestSchema } from "./request.ts";
import { keptAnswersSchema } from "./response.ts";

/** What opens one commitment, as text. */
export const keptOpeningSchema = z.strictObject({
  field: fieldNameSchema,
  /** Base64. */
  key: z.base64(),
  value: z.string(),
});
export type KeptOpening = z.infer<typeof keptOpeningSchema>;

/**
 * What is kept beside an entry from the moment it is written: what opens its commitments, the signed request it records,
 * the signed answers it speaks of.
 */
export const keptSchema = z.strictObject({
  openings: z.array(keptOpeningSchema).readonly(),
  request: keptRequestSchema.optional(),
  answers: keptAnswersSchema.optional(),
});
export type Kept = z.infer<typeof keptSchema>;
