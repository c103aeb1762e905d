import { createHash } from "node:crypto";
import { z } from "zod";
import { type NodeId, nodeIdSchema } from "../identity/index.ts";

/** What a city publishes in versions, each naming the one before. The word begins the codes of its faults. */
export type DocumentName = "registry" | "catalogue";

/** How every version travels: a compact JWS. */
export const publishedMediaType = "application/jose";

/** SHA-256 of a signed version as it travels, base64url. */
export const publishedHashSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "a SHA-256, base64url");

/** What a version is known by: SHA-256 of its text, base64url. */
export function publishedHash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

const seconds = z.number().int().nonnegative();

/** What every version says of itself. Claim names are those of OpenID Federation 1.0 where it has one. */
export const chainClaims = {
  /** The city. */
  iss: nodeIdSchema,
  /** 1, 2, 3 … without a gap. */
  version: z.number().int().positive(),
  /** Hash of the version before; null in the first. */
  prev: publishedHashSchema.nullable(),
  /** Seconds since 1970: signed at. */
  iat: seconds,
};

export interface ChainClaims {
  readonly iss: NodeId;
  readonly version: number;
  readonly prev: string | null;
  readonly iat: number;
}

/** For a schema with these claims. */
export const startsItsChain = {
  check: ({ version, prev }: Pick<ChainClaims, "version" | "prev">) => (version === 1) === (prev === null),
  fault: { path: ["prev"], message: "the first version has none before it, every other has" },
};

/** A version that was verified. */
export interface Published<Document extends ChainClaims = ChainClaims> {
  readonly document: Document;
  /** As it came. */
  readonly text: string;
  readonly hash: string;
}
