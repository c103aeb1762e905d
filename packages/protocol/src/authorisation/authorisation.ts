import { z } from "zod";
import { itemCodeSchema, purposeCodeSchema } from "../catalogue/index.ts";
import { commitmentSchema } from "../commitment/index.ts";
import { nodeIdSchema } from "../identity/index.ts";

/** Five years: art. 45 keeps the log of its use as long. Any five years have 1 826 days or more. */
export const authorisationLifetimeSeconds = 1_826 * 86_400;

/** Whom a subject gave it to: a person at a counter, an app where the subject had signed in, or an electronic identity. */
export const proofMethods = ["counter", "app", "e-id"] as const;

const seconds = z.number().int().nonnegative();

/**
 * A subject's signed permission, as the payload of a JWS that the member signs at whose counter or app it was given
 * (PR-EXCHANGE §13). It names nobody: the subject is committed to, and the key that opens the commitment travels
 * beside the token and never in it.
 */
export const authorisationSchema = z
  .strictObject({
    /** The member that took it down and answers for the subject's identity. */
    iss: nodeIdSchema,
    jti: z.uuid(),
    /** Commitment to the subject's text (`subjectText`). */
    sub: commitmentSchema,
    /** The member that may ask. */
    aud: nodeIdSchema,
    purpose: purposeCodeSchema,
    items: z.array(itemCodeSchema).min(1).max(100),
    /** Signed at, and good until: seconds since 1970. */
    iat: seconds,
    exp: seconds,
    /** How many lookups it may be used for. */
    uses: z.number().int().positive(),
    /** Art. 44: how the subject's identity was proven, and a commitment to the number of the paper or the session. */
    proof: z.strictObject({ method: z.enum(proofMethods), reference: commitmentSchema }),
  })
  .refine(({ iat, exp }) => iat < exp && exp - iat <= authorisationLifetimeSeconds, {
    path: ["exp"],
    message: "later than iat, by five years at most",
  });
export type Authorisation = z.infer<typeof authorisationSchema>;

/** A token as a lookup or a question carries it, beside what opens its commitment to the subject. */
export const carriedAuthorisationSchema = z.strictObject({
  token: z
    .string()
    .max(16_384)
    .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/, "a compact JWS"),
  /** 32 bytes, base64url. */
  key: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "32 bytes, base64url"),
});
export type CarriedAuthorisation = z.infer<typeof carriedAuthorisationSchema>;
