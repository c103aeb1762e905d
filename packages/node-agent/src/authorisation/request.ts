import { authorisationLifetimeSeconds, proofMethods } from "@xinqiao/protocol/authorisation";
import { itemCodeSchema, purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema, subjectSchema } from "@xinqiao/protocol/identity";
import { z } from "zod";

export const longestDays = authorisationLifetimeSeconds / 86_400;

/** What a subject permitted, as the platform took it down: body of the local `POST /v1/authorisations`. */
export const authorisationRequestSchema = z.strictObject({
  subject: subjectSchema,
  /** The member that may ask. */
  requester: nodeIdSchema,
  purpose: purposeCodeSchema,
  items: z.array(itemCodeSchema).min(1).max(100),
  days: z.number().int().min(1).max(longestDays),
  uses: z.number().int().positive().default(1),
  /** How the subject's identity was proven, and the number of the signed paper or of the session. */
  proof: z.strictObject({ method: z.enum(proofMethods), reference: z.string().min(1).max(200) }),
});
export type AuthorisationRequest = z.output<typeof authorisationRequestSchema>;
