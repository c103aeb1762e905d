export {
  createEncryptionKeyFile,
  createKeyFile,
  readDecryptionKeys,
  readEncryptionKey,
  readPublicKey,
  readSigner,
} from "./key-file.ts";
export { type KeyRing, nextKeyFile, openKeyRing, replaceKeyFile } from "./key-ring.ts";
