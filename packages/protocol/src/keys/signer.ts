import type { Suite } from "./suite.ts";

/**
 * Signs with one key. The hole an HSM fits: it may be remote, so it may be asynchronous;
 * the private key never has to be in this process. A key that cannot be reached is the only
 * reason to reject, with a `FaultError` (`key.unavailable`).
 */
export interface Signer {
  readonly keyId: string;
  readonly suite: Suite;
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Verifies against one key. Returns false for anything but a valid signature; never throws. */
export interface Verifier {
  readonly keyId: string;
  readonly suite: Suite;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}
