/** A signature suite's names: `alg` of RFC 9421 §6.2.2 and `alg` of JOSE, which differ. */
export interface Suite {
  readonly name: "ed25519" | "es256";
  readonly httpAlgorithm: string;
  readonly joseAlgorithm: string;
}

/**
 * Signs with one key. The hole an HSM fits: it may be remote, so it may be asynchronous;
 * the private key never has to be in this process.
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
