import { generateKeyPairSync } from "node:crypto";
import { err, ok, type Result } from "../result/index.ts";
import { ed25519Signer, ed25519Verifier } from "./ed25519.ts";
import { es256Signer, es256Verifier } from "./es256.ts";
import { type PrivateJwk, type PublicJwk, privateJwkSchema } from "./jwk.ts";
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

/** Makes a signing key from the operating system's randomness. */
export function generatePrivateJwk(suite: "ed25519" | "es256" = "ed25519"): PrivateJwk {
  const pair =
    suite === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateJwkSchema.parse(pair.privateKey.export({ format: "jwk" }));
}
