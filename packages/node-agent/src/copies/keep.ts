import { setTimeout as sleep } from "node:timers/promises";
import type { Result } from "@xinqiao/protocol/result";
import { single } from "@xinqiao/runtime/single";
import type { CallError } from "../lookup/index.ts";
import type { CopiesReconciled } from "./reconcile.ts";

export interface KeepCopiesOptions {
  readonly everyHours: number;
  readonly onReconciled: (reconciled: CopiesReconciled) => void;
  readonly onFault: (error: CallError) => void;
  readonly onError: (error: unknown) => void;
}

export interface KeptCopies {
  /** Now; whoever asks while it runs shares it. */
  reconcile(): Promise<Result<CopiesReconciled, CallError>>;
  stop(): Promise<void>;
}

/** Reconciles copies every so many hours from now on. */
export function keepCopies(
  work: (signal: AbortSignal) => Promise<Result<CopiesReconciled, CallError>>,
  { everyHours, onReconciled, onFault, onError }: KeepCopiesOptions,
): KeptCopies {
  const ending = new AbortController();
  let last: Promise<unknown> | undefined;
  const reconcile = single(async () => {
    const reconciled = await work(ending.signal);
    if (reconciled.ok) onReconciled(reconciled.value);
    return reconciled;
  });
  const begin = () => {
    last = reconcile()
      .then((reconciled) => {
        if (!reconciled.ok && !ending.signal.aborted) onFault(reconciled.error);
      })
      .catch(onError);
  };
  const timer = setInterval(begin, everyHours * 3_600_000).unref();
  return {
    reconcile,
    async stop() {
      clearInterval(timer);
      ending.abort();
      await last;
    },
  };
}

const lookEveryMs = 100;

/** Waits until something is so, the time is over or the signal fires. @returns whether it is so */
export async function waitUntil(
  isSo: () => boolean,
  withinMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (let left = withinMs; left > 0 && !signal.aborted && !isSo(); left -= lookEveryMs) {
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
  return isSo();
}
