import { generateKeyPairSync } from "node:crypto";
import { err, ok, type Result } from "../result/index.ts";
import { ed25519, ed25519Signer, ed25519Verifier } from "./ed25519.ts";
import { es256, es256Signer, es256Verifier } from "./es256.ts";
import { type PrivateJwk, type PublicJwk, privateJwkSchema, thumbprint } from "./jwk.ts";
import type { Signer, Verifier } from "./signer.ts";
import { generateSm2, sm2, sm2Signer, sm2Verifier } from "./sm2.ts";
import type { Suite, SuiteName } from "./suite.ts";

/** A key is of one suite, and signs by no other. */
export function suiteOf(jwk: PublicJwk): Suite {
  if (jwk.kty === "OKP") return ed25519;
  return jwk.crv === "P-256" ? es256 : sm2;
}

/** A signer for a private key held in this process. The error is text for an operator and holds no key material. */
export function importSigner(jwk: PrivateJwk): Result<Signer, string> {
  try {
    return ok(signerOf(jwk));
  } catch {
    return err("private key is not usable: its parts do not belong together or are off the curve");
  }
}

function signerOf(jwk: PrivateJwk): Signer {
  if (jwk.kty === "OKP") return ed25519Signer(jwk);
  return jwk.crv === "P-256" ? es256Signer(jwk) : sm2Signer(jwk);
}

/** A verifier for a public key. Points off the curve are refused. */
export function importVerifier(jwk: PublicJwk): Result<Verifier, string> {
  try {
    return ok(verifierOf(jwk));
  } catch {
    return err("public key is not usable: off the curve or of the wrong length");
  }
}

function verifierOf(jwk: PublicJwk): Verifier {
  if (jwk.kty === "OKP") return ed25519Verifier(jwk);
  return jwk.crv === "P-256" ? es256Verifier(jwk) : sm2Verifier(jwk);
}

/**
 * A verifier for a public key that somebody who is believed has checked. Its point is checked again at the first use
 * and not before: that takes some 50 µs a key, too long for thousands of them at once. A key that is not sound
 * verifies nothing. One key object has one verifier: a key that stays from one version of a list to the next is
 * imported once.
 */
export function importLater(jwk: PublicJwk): Verifier {
  const known = later.get(jwk);
  if (known !== undefined) return known;
  let imported: Result<Verifier, string> | undefined;
  const verifier: Verifier = {
    keyId: thumbprint(jwk),
    suite: suiteOf(jwk),
    verify(message, signature) {
      imported ??= importVerifier(jwk);
      return imported.ok && imported.value.verify(message, signature);
    },
  };
  later.set(jwk, verifier);
  return verifier;
}

const later = new WeakMap<PublicJwk, Verifier>();

/** Makes a signing key from the operating system's randomness. */
export function generatePrivateJwk(suite: SuiteName = "ed25519"): PrivateJwk {
  if (suite === "sm2") return privateJwkSchema.parse(generateSm2());
  const pair =
    suite === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateJwkSchema.parse(pair.privateKey.export({ format: "jwk" }));
}
