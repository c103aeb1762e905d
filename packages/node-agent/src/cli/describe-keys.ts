import { thumbprint } from "@xinqiao/protocol/keys";
import type { Member } from "@xinqiao/protocol/registry";

/** What a member reads to its city over another way: who can change the file it sends cannot change this. */
export function describeKeys({ keys, encryptionKeys = [] }: Member): string {
  return [
    ...keys.map(({ jwk }) => `key · 密钥指纹: ${thumbprint(jwk)}\n`),
    ...encryptionKeys.map(({ jwk }) => `encryption key · 加密密钥指纹: ${thumbprint(jwk)}\n`),
  ].join("");
}
