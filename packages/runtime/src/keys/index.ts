export {
  type KeyList,
  keysPath,
  maxDataBytes,
  type ReturnValue,
  returnValues,
} from "./daemon-wire.ts";
export { type DecryptionRing, openDecryptionRing } from "./decryption-ring.ts";
export {
  createEncryptionKeyFile,
  createKeyFile,
  createSecretFile,
  type LocalKey,
  readDecryptionKeys,
  readEncryptionKey,
  readKeyFile,
  readSecretFile,
} from "./key-file.ts";
export { type KeyRing, nextKeyFile, openKeyRing, replaceKeyFile } from "./key-ring.ts";
export { absoluteKey, type KeyLocation, keyFileOf, keyLocationSchema } from "./location.ts";
export { readPublicKey, readSigner } from "./read-key.ts";
