export { type DatedKey, datedKeySchema, isValidAt } from "./dated-key.ts";
export { ed25519 } from "./ed25519.ts";
export { es256 } from "./es256.ts";
export { generatePrivateJwk, importLater, importSigner, importVerifier, suiteOf } from "./import.ts";
export {
  coordinateSchema,
  type PrivateJwk,
  type PublicJwk,
  privateJwkSchema,
  publicJwkSchema,
  publicOf,
  thumbprint,
  thumbprintSchema,
} from "./jwk.ts";
export type { Signer, Verifier } from "./signer.ts";
export { sm2 } from "./sm2.ts";
export { type Suite, type SuiteName, suiteNameSchema, suiteNames } from "./suite.ts";
