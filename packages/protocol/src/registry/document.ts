import { z } from "zod";
import { nodeIdSchema } from "../identity/index.ts";
import { suiteNameSchema } from "../keys/index.ts";
import { memberKeySchema, memberSchema } from "./member.ts";
import { peerSchema } from "./peer.ts";

/** SHA-256 of a signed version as it travels, base64url. */
export const registryHashSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "a SHA-256, base64url");

/** More registry keys at a time than a replacement needs would only be work for who must check them. */
const mostKeys = 8;

const seconds = z.number().int().nonnegative();

/**
 * One version of a city's registry: the payload of a JWS that a registry key signs (PR-REGISTRY §2). Claim names are
 * those of OpenID Federation 1.0 where it has one.
 */
export const registryDocumentSchema = z
  .strictObject({
    /** The city. */
    iss: nodeIdSchema,
    /** 1, 2, 3 … without a gap. */
    version: z.number().int().positive(),
    /** Hash of the version before; null in the first. */
    prev: registryHashSchema.nullable(),
    /** Seconds since 1970: signed at, and good until. */
    iat: seconds,
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
    members: z.array(memberSchema),
    /** Other cities, as this one has approved them. */
    peers: z.array(peerSchema).optional(),
  })
  .refine(({ version, prev }) => (version === 1) === (prev === null), {
    path: ["prev"],
    message: "the first version has none before it, every other has",
  })
  .refine(({ iat, exp }) => iat < exp, { path: ["exp"], message: "must be later than iat" });

/** As much as is needed to check the signature: nothing else of a version is looked at before. */
export const registryHeadSchema = z.object({
  iss: nodeIdSchema,
  iat: seconds,
  keys: z.array(memberKeySchema).min(1).max(mostKeys),
});
export type RegistryHead = z.infer<typeof registryHeadSchema>;

export type RegistryDocument = z.infer<typeof registryDocumentSchema>;
