import { chinaDay } from "@xinqiao/runtime/calendar";
import type { Reconciliations } from "../books/index.ts";
import type { AuditLog } from "../log/index.ts";
import { type Compaction, compactSharing } from "../sharing/index.ts";
import { expire } from "./expire.ts";
import { forgetReconciliations } from "./forget-reconciliations.ts";

const dayMs = 86_400_000;

export interface Retained {
  readonly log: Pick<AuditLog, "expire">;
  readonly kept: Pick<Reconciliations, "forget">;
  readonly hub: Compaction;
}

export interface RetainOptions {
  /** How long completed corrections are kept. */
  readonly correctionDays: number;
  /** A reader that has not asked for so long is not waited for. */
  readonly subscriberDays: number;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/**
 * Drops everything that is past its time, now and once a day (Personal Information Protection Law art. 19: no longer than
 * needed); returns what ends it.
 */
export function retain(
  { log, kept, hub }: Retained,
  { correctionDays, subscriberDays, now, onError }: RetainOptions,
): () => void {
  const begin = () => {
    void expire(log).catch(onError);
    void forgetReconciliations(kept, now()).catch(onError);
    const at = now();
    const terms = {
      today: chinaDay(at),
      forgetBefore: at - correctionDays * dayMs,
      heardBefore: at - subscriberDays * dayMs,
    };
    void compactSharing(hub, terms).catch(onError);
  };
  begin();
  const timer = setInterval(begin, dayMs).unref();
  return () => clearInterval(timer);
}
