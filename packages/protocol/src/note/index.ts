export { decodeBase64 } from "./base64.ts";
export type { NoteFault } from "./fault.ts";
export { formatVerifierKey, type NoteKey, noteKey, parseVerifierKey } from "./key.ts";
export { type KeyName, keyNameSchema } from "./name.ts";
export {
  formatNote,
  formatSignature,
  maxNoteBytes,
  maxSignatures,
  type Note,
  type NoteSignature,
  parseNote,
  parseSignatures,
} from "./note.ts";
export {
  assertSame,
  type NoteSigner,
  type NoteVerifier,
  noteSigner,
  noteVerifier,
  signatureOf,
  signNote,
} from "./signer.ts";
export { readPlain } from "./text.ts";
export type { KeyUse } from "./type.ts";
export { verifiedSignatures, verifyNote } from "./verify.ts";
