import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { signCompletion } from "@xinqiao/protocol/sync";
import type { AuditLog } from "../log/index.ts";
import type { Acknowledged, Hub } from "./ports.ts";
import { sha256 } from "./sha256.ts";

/** Says of corrections that everyone has acknowledged that it is so. */
export interface Completing {
  complete(): Promise<void>;
}

export interface CompletingDependencies {
  readonly self: NodeId;
  readonly hub: Pick<Hub, "acknowledged" | "complete">;
  readonly signer: Signer;
  readonly log: Pick<AuditLog, "append">;
  readonly now: () => number;
}

/** One at a time: a correction is completed once. What cannot be logged now is completed later. */
export function createCompleting(deps: CompletingDependencies): Completing {
  let last: Promise<void> = Promise.resolve();
  const all = async () => {
    for (const correction of deps.hub.acknowledged()) if (!(await completeOne(correction, deps))) return;
  };
  return {
    complete() {
      last = last.catch(() => undefined).then(all);
      return last;
    },
  };
}

async function completeOne(
  { id, holders, ...correction }: Acknowledged,
  { self, hub, signer, log, now }: CompletingDependencies,
): Promise<boolean> {
  const iat = Math.floor(now() / 1000);
  const statement = await signCompletion({ iss: self, iat, ...correction, holders: [...holders] }, signer);
  const { openedAt: _at, ...about } = correction;
  const draft = { kind: "correction.completed", exchange: null, actor: null, ...about } as const;
  const logged = await log.append({ ...draft, statement: sha256(statement) });
  if (logged.ok) hub.complete(id, statement, now());
  return logged.ok;
}
