import type { KeyName } from "./name.ts";

/** Why a note is refused. */
export type NoteFault =
  /** Not a note at all. The detail is text for an operator. */
  | { readonly reason: "malformed"; readonly detail: string }
  /** No key that is known has signed it. */
  | { readonly reason: "unsigned" }
  /** A key that is known has not signed this: whatever else stands there, the whole note is refused. */
  | { readonly reason: "signature-invalid"; readonly name: KeyName; readonly keyId: string };
