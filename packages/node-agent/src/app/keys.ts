import { readFile } from "node:fs/promises";
import { clockToleranceSeconds } from "@xinqiao/protocol/clock";
import { type Directory, holdsKey } from "@xinqiao/protocol/registry";
import { type DecryptionRing, type KeyRing, openDecryptionRing, openKeyRing } from "@xinqiao/runtime/keys";
import { type AgentConfig, encryptionKeyFiles } from "../config/index.ts";
import type { AgentEvents } from "../telemetry/index.ts";

export async function readSecrets(config: AgentConfig) {
  return {
    keys: await openKeyRing(config.signingKey),
    decryption: await openDecryptionRing(encryptionKeyFiles(config)),
    token: (await readFile(config.localToken, "utf8")).trim(),
    ca: config.caFile === undefined ? undefined : await readFile(config.caFile, "utf8"),
  };
}

/** How often the agent looks whether the key that follows its own counts by now. */
const keyEveryMs = 2_000;
/** It is changed over to when it counts by every clock that is right enough. */
const marginMs = clockToleranceSeconds * 1000;

/** @returns what ends it */
export function changeKeys(
  { keys, decryption }: { readonly keys: KeyRing; readonly decryption: DecryptionRing },
  { node }: AgentConfig,
  members: () => Directory,
  events: AgentEvents,
  now: () => number,
): () => void {
  const look = async () => {
    await decryption.takeNew();
    const keyId = await keys.follow((id) => holdsKey(members(), node, id, now() - marginMs));
    if (keyId !== undefined) events.keyChanged(keyId);
  };
  const timer = setInterval(() => void look().catch(events.failed), keyEveryMs).unref();
  return () => clearInterval(timer);
}
