export {
  type CompactJwe,
  decryptCompact,
  encryptCompact,
  type Parties,
  readEncrypted,
} from "./compact.ts";
export {
  type AgreementKey,
  type DecryptionJwk,
  decryptionJwkSchema,
  type EncryptionJwk,
  encryptionJwkOf,
  encryptionJwkSchema,
  generateDecryptionJwk,
  importDecryptionKey,
  importEncryptionKey,
} from "./key.ts";
