import { z } from "zod";
import { suiteNameSchema } from "../keys/index.ts";
import { chainClaims, startsItsChain } from "../published/index.ts";
import { agreementSchema } from "./agreement.ts";
import { memberKeySchema, memberSchema } from "./member.ts";
import { peerSchema } from "./peer.ts";

/** More registry keys at a time than a replacement needs would only be work for who must check them. */
const mostKeys = 8;

const seconds = z.number().int().nonnegative();

/** One version of a city's registry: the payload of a JWS that a registry key signs (PR-REGISTRY §2). */
export const registryDocumentSchema = z
  .strictObject({
    ...chainClaims,
    /** Seconds since 1970: good until. */
    exp: seconds,
    /** Seconds after `exp` in which it is still used, flagged. */
    grace: seconds,
    /** Who may sign this version or a later one: more than one while a registry key is replaced. */
    keys: z.array(memberKeySchema).min(1).max(mostKeys),
    /** What members and registry sign with; left out where it is what it always was (`suitesOf`). */
    suites: z
      .array(suiteNameSchema)
      .min(1)
      .refine((names) => new Set(names).size === names.length, "each suite once")
      .optional(),
    /** What signs the checkpoints of the city's log: its own key, more than one while it is replaced (PR-AUDIT). */
    log: z.array(memberKeySchema).min(1).max(mostKeys).optional(),
    members: z.array(memberSchema),
    /** What cities have agreed on; absent: none is asked for. */
    agreements: z.array(agreementSchema).optional(),
    /** Other cities, as this one has approved them. */
    peers: z.array(peerSchema).optional(),
  })
  .refine(startsItsChain.check, startsItsChain.fault)
  .refine(({ iat, exp }) => iat < exp, { path: ["exp"], message: "must be later than iat" });

/** As much as is needed to check the signature: nothing else of a version is looked at before. */
export const registryHeadSchema = z.object({
  iss: chainClaims.iss,
  iat: chainClaims.iat,
  keys: z.array(memberKeySchema).min(1).max(mostKeys),
});
export type RegistryHead = z.infer<typeof registryHeadSchema>;

export type RegistryDocument = z.infer<typeof registryDocumentSchema>;
