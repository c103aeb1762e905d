import type { Reconciliations } from "../books/index.ts";
import type { AuditLog } from "../log/index.ts";
import { expire } from "./expire.ts";
import { forgetReconciliations } from "./forget-reconciliations.ts";

const dayMs = 86_400_000;

/**
 * Drops everything that is past its time, now and once a day (Personal Information Protection Law art. 19: no longer than
 * needed); returns what ends it.
 */
export function retain(
  { log, kept }: { readonly log: Pick<AuditLog, "expire">; readonly kept: Pick<Reconciliations, "forget"> },
  { now, onError }: { readonly now: () => number; readonly onError: (error: unknown) => void },
): () => void {
  const begin = () => {
    void expire(log).catch(onError);
    void forgetReconciliations(kept, now()).catch(onError);
  };
  begin();
  const timer = setInterval(begin, dayMs).unref();
  return () => clearInterval(timer);
}
