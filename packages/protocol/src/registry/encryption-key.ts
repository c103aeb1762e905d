import { type AgreementKey, importEncryptionKey } from "../encryption/index.ts";
import { isValidAt } from "../keys/index.ts";
import type { Member } from "./member.ts";

/**
 * The key to seal to at an instant (ms since 1970): of those that count then, the one that began last. One that is
 * not sound is as good as none.
 */
export function encryptionKeyAt(
  { encryptionKeys = [] }: Pick<Member, "encryptionKeys">,
  at: number,
): AgreementKey | undefined {
  const [latest] = encryptionKeys
    .filter((key) => isValidAt(key, at))
    .sort((a, b) => Date.parse(b.notBefore) - Date.parse(a.notBefore));
  const imported = latest && importEncryptionKey(latest.jwk);
  return imported?.ok ? imported.value : undefined;
}
