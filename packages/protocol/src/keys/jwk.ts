import { createHash } from "node:crypto";
import { z } from "zod";

/** 43 characters hold two bits more than 32 bytes; those are zero, or one key would have four thumbprints. */
const coordinate = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, "32 bytes, base64url");

/** One coordinate of a point, or a private scalar. */
export const coordinateSchema = coordinate;

const okp = z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: coordinate });
const p256 = z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: coordinate, y: coordinate });
/** `SM2` is no registered curve: the name is the one in use. */
const sm2 = z.object({ kty: z.literal("EC"), crv: z.literal("SM2"), x: coordinate, y: coordinate });
const secret = { d: coordinate };

/** Public signing keys a federation accepts (RFC 7517, RFC 8037). */
export const publicJwkSchema = z.discriminatedUnion("kty", [okp, z.discriminatedUnion("crv", [p256, sm2])]);
export type PublicJwk = z.infer<typeof publicJwkSchema>;

export const privateJwkSchema = z.discriminatedUnion("kty", [
  okp.extend(secret),
  z.discriminatedUnion("crv", [p256.extend(secret), sm2.extend(secret)]),
]);
export type PrivateJwk = z.infer<typeof privateJwkSchema>;

/** Drops the private part. */
export function publicOf(jwk: PrivateJwk): PublicJwk {
  const { d: _private, ...rest } = jwk;
  return rest;
}

/** As `thumbprint` gives it. */
export const thumbprintSchema = coordinate;

/** RFC 7638 thumbprint, SHA-256, base64url: the name a key is known by. */
export function thumbprint(jwk: PublicJwk): string {
  const members =
    jwk.kty === "OKP"
      ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x }
      : { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
  return createHash("sha256").update(JSON.stringify(members)).digest("base64url");
}
