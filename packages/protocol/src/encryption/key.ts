import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { z } from "zod";
import { coordinateSchema, importSigner, thumbprint } from "../keys/index.ts";
import { err, ok, type Result } from "../result/index.ts";

/** A public key that others encrypt to: P-256, as every JOSE library and HSM has it. */
export const encryptionJwkSchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: coordinateSchema,
  y: coordinateSchema,
});
export type EncryptionJwk = z.infer<typeof encryptionJwkSchema>;

/** The same with its private part. */
export const decryptionJwkSchema = encryptionJwkSchema.extend({ d: coordinateSchema });
export type DecryptionJwk = z.infer<typeof decryptionJwkSchema>;

/** A key ready for use, under its RFC 7638 thumbprint. */
export interface AgreementKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

/** Points off the curve are refused: an agreement with one would give the other side's private key away. */
export function importEncryptionKey(jwk: EncryptionJwk): Result<AgreementKey, string> {
  try {
    return ok({ keyId: thumbprint(jwk), key: createPublicKey({ key: jwk, format: "jwk" }) });
  } catch {
    return err("public key is not usable: off the curve");
  }
}

/** Refused when its parts do not belong together. The error is text for an operator and holds no key material. */
export function importDecryptionKey(jwk: DecryptionJwk): Result<AgreementKey, string> {
  const sound = importSigner(jwk);
  return sound.ok
    ? ok({ keyId: sound.value.keyId, key: createPrivateKey({ key: jwk, format: "jwk" }) })
    : sound;
}

/** Makes a key from the operating system's randomness. */
export function generateDecryptionJwk(): DecryptionJwk {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return decryptionJwkSchema.parse(privateKey.export({ format: "jwk" }));
}

/** Drops the private part. */
export function encryptionJwkOf({ d: _private, ...jwk }: DecryptionJwk): EncryptionJwk {
  return jwk;
}
