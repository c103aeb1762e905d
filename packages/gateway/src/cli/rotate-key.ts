import { type SuiteName, thumbprint } from "@xinqiao/protocol/keys";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import { CommandError } from "@xinqiao/runtime/cli";
import { exists } from "@xinqiao/runtime/files";
import { createKeyFile, keyFileOf, nextKeyFile, readPublicKey } from "@xinqiao/runtime/keys";
import { endKey } from "./members.ts";
import { openForPublishing } from "./publishing.ts";
import { refuseUnlisted } from "./suites.ts";

export interface RotateOptions {
  readonly home: string;
  readonly suite: SuiteName;
  /** Seconds until the new key counts, so that every member has heard of it by then. */
  readonly leadSeconds: number;
  /** Seconds for which the old one then goes on. */
  readonly overlapSeconds: number;
}

/**
 * Lists a key that is to follow the gateway's own. The running gateway changes over to it once it counts. Done again
 * after it broke off, it lists the key that was made.
 */
export async function rotateKey(
  { home, suite, leadSeconds, overlapSeconds }: RotateOptions,
  now: () => number,
): Promise<RegistryDocument> {
  const registry = await openForPublishing(home, now);
  const { signingKey, node } = registry.config;
  refuseUnlisted((await registry.newest()).document, suite);
  const file = nextKeyFile(keyFileOf(signingKey));
  const jwk = (await exists(file)) ? await readPublicKey(file) : await createKeyFile(file, suite);
  const begin = now() + leadSeconds * 1000;
  return registry.publish(({ members }) => ({
    members: members.map((member) => {
      if (member.node !== node) return member;
      if (member.keys.some((key) => thumbprint(key.jwk) === thumbprint(jwk))) {
        throw new CommandError(
          "a key that follows is listed already: the running gateway changes over to it · 新密钥已列入，网关将自动切换",
        );
      }
      const keys = member.keys.map((key) => endKey(key, begin + overlapSeconds * 1000));
      return { ...member, keys: [{ jwk, notBefore: new Date(begin).toISOString() }, ...keys] };
    }),
  }));
}
