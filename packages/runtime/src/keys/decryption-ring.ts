import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AgreementKey } from "@xinqiao/protocol/encryption";
import { readDecryptionKeys } from "./key-file.ts";

/** Keys that what is sealed to this node can be opened with, old and new. */
export interface DecryptionRing {
  /** By thumbprint. */
  readonly keys: ReadonlyMap<string, AgreementKey>;
  /** Takes keys that were made since: before the city lists one, a running node must hold it. */
  takeNew(): Promise<void>;
}

/** As `xinqiao encryption-key` names the keys it makes. */
const made = /^encryption-\d+\.jwk\.json$/;

/** @param files the newest first; new ones are made beside it */
export async function openDecryptionRing(files: readonly string[]): Promise<DecryptionRing> {
  const keys = new Map(await readDecryptionKeys(files));
  const taken = new Set(files);
  const [newest] = files;
  return {
    keys,
    async takeNew() {
      if (newest === undefined) return;
      const folder = dirname(newest);
      const fresh = (await readdir(folder))
        .filter((name) => made.test(name))
        .map((name) => join(folder, name))
        .filter((file) => !taken.has(file));
      for (const file of fresh) {
        for (const [keyId, key] of await readDecryptionKeys([file])) keys.set(keyId, key);
        taken.add(file);
      }
    },
  };
}
