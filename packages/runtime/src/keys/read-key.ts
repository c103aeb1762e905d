import type { PublicJwk, Signer } from "@xinqiao/protocol/keys";
import { readKeyFile } from "./key-file.ts";
import type { KeyLocation } from "./location.ts";

/** Throws a ConfigError when the key is not where it is said to be. */
export async function readPublicKey(location: KeyLocation): Promise<PublicJwk> {
  if (typeof location === "string") return (await readKeyFile(location)).publicKey;
  // Who has his key in a file does not load what talks to a daemon.
  return (await import("./remote-signer.ts")).findRemoteKey(location);
}

/** Throws a ConfigError when the key is not where it is said to be. */
export async function readSigner(location: KeyLocation): Promise<Signer> {
  if (typeof location === "string") return (await readKeyFile(location)).signer;
  return (await import("./remote-signer.ts")).openRemoteSigner(location);
}
