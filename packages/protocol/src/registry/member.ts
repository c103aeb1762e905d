import { z } from "zod";
import { itemCodeSchema, labelSchema, purposeCodeSchema } from "../catalogue/index.ts";
import { encryptionJwkSchema } from "../encryption/index.ts";
import { jurisdictionSchema, nodeIdSchema } from "../identity/index.ts";
import { type DatedKey, datedKeySchema } from "../keys/index.ts";

export const roles = ["city", "district", "neighbour-city", "source-unit", "credit-user", "auditor"] as const;
export type Role = (typeof roles)[number];

/** `https://host[:port]` and nothing behind it: the prefix of every `@target-uri`. */
export const originSchema = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.parse(text)?.origin === text, "an origin: no path and no final slash");

/** A member's signing key and when it counts. */
export const memberKeySchema = datedKeySchema;
export type MemberKey = DatedKey;

/** A key that answers are sealed to. Like a signing key it stays listed when it is retired. */
export const encryptionKeySchema = memberKeySchema.extend({ jwk: encryptionJwkSchema });
export type EncryptionKey = z.infer<typeof encryptionKeySchema>;
export const quotaPeriods = ["day", "hour"] as const;

/** How many lookups for one purpose a member may have in a calendar day or a clock hour of its city. */
export const quotaSchema = z.strictObject({
  purpose: purposeCodeSchema,
  lookups: z.number().int().positive(),
  per: z.enum(quotaPeriods),
});
export type Quota = z.infer<typeof quotaSchema>;

/** What a member was admitted for. */
export const scopeSchema = z.strictObject({
  items: z.union([z.literal("all"), z.array(itemCodeSchema)]),
  purposes: z.union([z.literal("all"), z.array(purposeCodeSchema)]),
  /** Absent: as many lookups as its rate allows. */
  quotas: z.array(quotaSchema).optional(),
});

/** One organisation in the federation, as the registry lists it. */
export const memberSchema = z.strictObject({
  node: nodeIdSchema,
  name: labelSchema,
  role: z.enum(roles),
  /** Parent division, GB/T 2260. */
  division: z.string().regex(/^\d{6}$/),
  /** What it answers for; absent when it only asks. */
  jurisdiction: jurisdictionSchema.optional(),
  /** Public origin of its agent or gateway, `https://host[:port]`; absent when it only asks. */
  endpoint: originSchema.optional(),
  keys: z.array(memberKeySchema).min(1),
  /** Absent: nothing can be sealed to it, so nothing that must be is answered. */
  encryptionKeys: z.array(encryptionKeySchema).min(1).optional(),
  scope: scopeSchema,
  status: z.enum(["pending", "active", "suspended", "left"]),
});
export type Member = z.infer<typeof memberSchema>;

export const memberListSchema = z.strictObject({
  version: z.number().int().positive(),
  members: z.array(memberSchema),
});
export type MemberList = z.infer<typeof memberListSchema>;
