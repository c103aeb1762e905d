import { z } from "zod";
import { carriedAuthorisationSchema } from "../authorisation/index.ts";
import { itemCodeSchema, purposeCodeSchema } from "../catalogue/index.ts";
import { jurisdictionSchema, nodeIdSchema, subjectSchema } from "../identity/index.ts";

export const deadlineMs = { min: 50, default: 2_000, max: 30_000 } as const;

/** A member's question about one subject: body of `POST /v1/lookups` (PR-EXCHANGE §4). */
export const lookupSchema = z.strictObject({
  subject: subjectSchema,
  /** Items or whole classes of the catalogue; at least one of the two. */
  items: z.array(itemCodeSchema).max(100).optional(),
  classes: z.array(z.string().max(64)).max(20).optional(),
  purpose: purposeCodeSchema,
  jurisdictions: z.union([z.literal("all"), z.array(jurisdictionSchema).min(1).max(200)]),
  deadlineMs: z.number().int().min(deadlineMs.min).max(deadlineMs.max).default(deadlineMs.default),
  /** Newest acceptable age of the data, in seconds; older answers come as `stale`. */
  maxAgeSeconds: z.number().int().positive().optional(),
  /** The asker's own file reference; must hold no personal data. */
  caseReference: z.string().max(100).optional(),
  /** The subject's authorisation, for what needs one (PR-EXCHANGE §13). */
  authorisation: carriedAuthorisationSchema.optional(),
});
export type Lookup = z.infer<typeof lookupSchema>;

/** What the gateway asks one node on a requester's behalf: body of `POST /v1/answers` (PR-EXCHANGE §5). */
export const questionSchema = z.strictObject({
  exchange: z.uuid(),
  requester: nodeIdSchema,
  subject: subjectSchema,
  /** Classes are already resolved: as many as a whole catalogue may list. */
  items: z.array(itemCodeSchema).min(1).max(2_000),
  purpose: purposeCodeSchema,
  jurisdiction: jurisdictionSchema,
  /** Milliseconds the node has left; past it nobody listens. */
  remainingMs: z.number().int().min(1).max(deadlineMs.max),
  /** As the lookup carried it: the node decides again for itself. */
  authorisation: carriedAuthorisationSchema.optional(),
});
export type Question = z.infer<typeof questionSchema>;
