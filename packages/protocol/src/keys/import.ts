import { generateKeyPairSync } from "node:crypto";
import { err, ok, type Result } from "../result/index.ts";
import { ed25519, ed25519Signer, ed25519Verifier } from "./ed25519.ts";
import { es256, es256Signer, es256Verifier } from "./es256.ts";
import { type PrivateJwk, type PublicJwk, privateJwkSchema, thumbprint } from "./jwk.ts";
import type { Signer, Verifier } from "./signer.ts";

/** A signer for a private key held in this process. The error is text for an operator and holds no key material. */
export function importSigner(jwk: PrivateJwk): Result<Signer, string> {
  try {
    return ok(jwk.kty === "OKP" ? ed25519Signer(jwk) : es256Signer(jwk));
  } catch {
    return err("private key is not usable: its parts do not belong together or are off the curve");
  }
}

/** A verifier for a public key. Points off the curve are refused. */
export function importVerifier(jwk: PublicJwk): Result<Verifier, string> {
  try {
    return ok(jwk.kty === "OKP" ? ed25519Verifier(jwk) : es256Verifier(jwk));
  } catch {
    return err("public key is not usable: off the curve or of the wrong length");
  }
}

/**
 * A verifier for a public key that somebody who is believed has checked. Its point is checked again at the first use
 * and not before: that takes some 50 µs a key, too long for thousands of them at once. A key that is not sound
 * verifies nothing.
 */
export function importLater(jwk: PublicJwk): Verifier {
  let imported: Result<Verifier, string> | undefined;
  return {
    keyId: thumbprint(jwk),
    suite: jwk.kty === "OKP" ? ed25519 : es256,
    verify(message, signature) {
      imported ??= importVerifier(jwk);
      return imported.ok && imported.value.verify(message, signature);
    },
  };
}

/** Makes a signing key from the operating system's randomness. */
export function generatePrivateJwk(suite: "ed25519" | "es256" = "ed25519"): PrivateJwk {
  const pair =
    suite === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateJwkSchema.parse(pair.privateKey.export({ format: "jwk" }));
}
