import { type Checkpoint, logOrigin, signCheckpoint } from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type Signer, thumbprint } from "@xinqiao/protocol/keys";
import { noteKey, noteSigner } from "@xinqiao/protocol/note";
import { FaultError, fault } from "@xinqiao/protocol/problem";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import { single } from "@xinqiao/runtime/single";
import type { AuditLog, CheckpointKeeper, PublishedLog } from "../log/index.ts";

export interface MakerDependencies {
  readonly city: NodeId;
  readonly log: Pick<AuditLog, "head"> & CheckpointKeeper;
  readonly published: Pick<PublishedLog, "newest">;
  /** The log's own key. */
  readonly signer: Signer;
  /** What the registry lists for the log. */
  readonly listed: () => RegistryDocument["log"];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Signs the log's head whenever it has grown. */
export interface CheckpointMaker {
  /** Signs and keeps the head; nothing when it was signed before. Throws when it cannot: nothing leaves then. */
  make(): Promise<void>;
}

/**
 * What is signed is durable already, and the checkpoint is durable before anybody can read it: whatever happens to this
 * process, no head was shown that its log does not hold (PR-AUDIT §7).
 */
export function createCheckpointMaker({
  city,
  log,
  published,
  signer,
  listed,
  now,
}: MakerDependencies): CheckpointMaker {
  let last = published.newest()?.size ?? 0;

  async function make(): Promise<void> {
    const { size, root } = log.head();
    if (size === last) return;
    const checkpoint: Checkpoint = { origin: logOrigin(city), size, root: Buffer.from(root, "base64") };
    const note = await signCheckpoint(checkpoint, [noteSignerOf(city, signer, listed())]);
    const kept = await log.keepCheckpoint({ size, at: now(), note, cosigners: 0 });
    if (!kept.ok) throw new FaultError(fault(kept.error.code));
    last = size;
  }

  // A slow signature or disk must not have the older head kept last.
  return { make: single(make) };
}

/** A key that the registry does not list convinces nobody: better none than such a signature. */
function noteSignerOf(city: NodeId, signer: Signer, listed: RegistryDocument["log"] = []) {
  const keys = listed.map(({ jwk }) => noteKey("signature", logOrigin(city), jwk));
  const key = keys.find(({ jwk }) => thumbprint(jwk) === signer.keyId);
  if (key === undefined) throw new FaultError(fault("log.key-not-listed"));
  return noteSigner(key, signer);
}
