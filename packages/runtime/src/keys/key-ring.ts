import { rename } from "node:fs/promises";
import type { Signer } from "@xinqiao/protocol/keys";
import { exists, linkNew } from "../files/index.ts";
import type { KeyLocation } from "./location.ts";
import { readSigner } from "./read-key.ts";

/** Where the key lies that is to follow the one in a file. */
export const nextKeyFile = (file: string) => `${file}.next`;

/** A node's signing key, and the one that is to follow it. */
export interface KeyRing {
  /** Signs with the key of the moment. Its id and its signature belong together within one turn of the event loop. */
  readonly signer: Signer;
  /**
   * Changes over to the key that follows, when there is one and it counts.
   * @param counts whether a key is listed as valid now
   * @returns the id of the key changed over to
   */
  follow(counts: (keyId: string) => boolean): Promise<string | undefined>;
}

/** A key behind a daemon is followed by no other: which one that is, the configuration says. */
export async function openKeyRing(location: KeyLocation): Promise<KeyRing> {
  if (typeof location !== "string")
    return { signer: await readSigner(location), follow: async () => undefined };
  return ringOfFile(location);
}

async function ringOfFile(file: string): Promise<KeyRing> {
  let current = await readSigner(file);
  return {
    signer: {
      get keyId() {
        return current.keyId;
      },
      get suite() {
        return current.suite;
      },
      sign: (message) => current.sign(message),
    },
    async follow(counts) {
      const next = nextKeyFile(file);
      if (!(await exists(next))) return undefined;
      const signer = await readSigner(next);
      if (!counts(signer.keyId)) return undefined;
      await replaceKeyFile(file, current.keyId.slice(0, 8));
      current = signer;
      return signer.keyId;
    },
  };
}

/**
 * The old key has a second name before the new one takes its first in one step: broken off, nothing is missing.
 * @param label tells the old key's file from those retired before it
 */
export async function replaceKeyFile(file: string, label: string): Promise<void> {
  await linkNew(file, `${file}.retired-${label}`);
  await rename(nextKeyFile(file), file);
}
