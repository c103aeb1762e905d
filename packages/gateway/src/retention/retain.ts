import type { Reconciliations } from "../books/index.ts";
import type { AuditLog } from "../log/index.ts";
import { expireDaily } from "./expire-daily.ts";
import { forgetReconciliationsDaily } from "./forget-reconciliations.ts";

/** Drops everything that is past its time, now and once a day; returns what ends it. */
export function retain(
  { log, kept }: { readonly log: Pick<AuditLog, "expire">; readonly kept: Pick<Reconciliations, "forget"> },
  { now, onError }: { readonly now: () => number; readonly onError: (error: unknown) => void },
): () => void {
  const stopExpiring = expireDaily(log, onError);
  const stopForgetting = forgetReconciliationsDaily(kept, { now, onError });
  return () => {
    stopExpiring();
    stopForgetting();
  };
}
