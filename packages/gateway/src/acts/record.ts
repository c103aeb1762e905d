import { FaultError, fault } from "@xinqiao/protocol/problem";
import type { AuditLog } from "../log/index.ts";
import type { SearchIndex } from "../search/index.ts";
import type { ActsFolder } from "./folder.ts";

/** Longer than any act waits: broken off between writing and removing, an act is not written twice. */
const claimMs = 366 * 86_400_000;

export interface RecordActsDependencies {
  readonly log: Pick<AuditLog, "append" | "erase">;
  readonly index: Pick<SearchIndex, "forget">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Writes waiting acts into the log, each once, in order. Throws when the log takes none: they wait on. */
export async function recordActs(
  folder: Pick<ActsFolder, "waiting">,
  { log, index, now }: RecordActsDependencies,
): Promise<void> {
  for (const { id, act, remove } of await folder.waiting()) {
    const claim = { keyId: "act", nonce: id, expiresAt: now() + claimMs };
    const written = await (act.kind === "subject.erased" ? log.erase(act, claim) : log.append(act, claim));
    if (!written.ok && written.error.code !== "signature.replayed") {
      throw new FaultError(fault(written.error.code));
    }
    // An index that cannot be told finds out by itself what is gone.
    if (act.kind === "subject.erased") await index.forget(act.tag);
    await remove();
  }
}
