import { logOrigin } from "@xinqiao/protocol/checkpoint";
import { type SuiteName, thumbprint } from "@xinqiao/protocol/keys";
import { formatVerifierKey, noteKey } from "@xinqiao/protocol/note";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import { CommandError } from "@xinqiao/runtime/cli";
import { exists } from "@xinqiao/runtime/files";
import { createKeyFile, keyFileOf, nextKeyFile, readPublicKey } from "@xinqiao/runtime/keys";
import { loadConfig } from "../config/index.ts";
import { endKey } from "./members.ts";
import { openForPublishing } from "./publishing.ts";
import { refuseUnlisted } from "./suites.ts";

/** The key of the log's checkpoints as a text (C2SP signed-note) that witnesses, auditors and others' tools pin. */
export async function logKey(home: string): Promise<string> {
  const { node, logKey: location } = await loadConfig(home);
  return formatVerifierKey(noteKey("signature", logOrigin(node), await readPublicKey(location)));
}

export interface RotateLogKeyOptions {
  readonly home: string;
  readonly suite: SuiteName;
  /** Seconds until the new key counts, so that every member has heard of it by then. */
  readonly leadSeconds: number;
}

/** The gateway changes over a little after the new key counts, by every clock that is right enough. */
const overlapMs = 600_000;

/**
 * Lists a key that is to follow the log's own. The running gateway changes over to it once it counts; the old one stays
 * listed, for the checkpoints that it has signed. Done again after it broke off, it lists the key that was made.
 */
export async function rotateLogKey(
  { home, suite, leadSeconds }: RotateLogKeyOptions,
  now: () => number,
): Promise<RegistryDocument> {
  const registry = await openForPublishing(home, now);
  refuseUnlisted((await registry.newest()).document, suite);
  const file = nextKeyFile(keyFileOf(registry.config.logKey));
  const jwk = (await exists(file)) ? await readPublicKey(file) : await createKeyFile(file, suite);
  const begin = now() + leadSeconds * 1000;
  const notBefore = new Date(begin).toISOString();
  return registry.publish(({ log = [] }) => {
    if (log.some((key) => thumbprint(key.jwk) === thumbprint(jwk))) {
      throw new CommandError(
        "a key that follows is listed already: the running gateway changes over to it · 新密钥已列入，网关将自动切换",
      );
    }
    return { log: [{ jwk, notBefore }, ...log.map((key) => endKey(key, begin + overlapMs))] };
  });
}
