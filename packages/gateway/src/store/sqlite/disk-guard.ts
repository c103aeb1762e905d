import type { LogEntryDraft } from "@xinqiao/protocol/log";
import type { Result } from "@xinqiao/protocol/result";
import { single } from "@xinqiao/runtime/single";
import type { AuditLog, LogFailure } from "../../log/index.ts";
import type { Failure } from "./failure.ts";

export interface DiskGuardOptions {
  readonly minFreeBytes: number;
  /** Bytes left on the log's file system. */
  readonly freeBytes: () => Promise<number>;
  /** A real write. */
  readonly probe: () => Promise<Result<void, Failure>>;
  /** Runs a task again and again until it is stopped. */
  readonly repeat: (task: () => Promise<void>) => () => void;
}

/** Knows whether the log can take a new exchange, and finds out by itself when it can again. */
export interface DiskGuard {
  refuses(kind: LogEntryDraft["kind"]): LogFailure | undefined;
  /** A commit failed. One that succeeds later proves nothing: it may have fitted into the last free page. */
  failed(failure: Failure): void;
  readonly health: AuditLog["health"];
  check(): Promise<void>;
  stop(): void;
}

/** What ends something already begun: the reserve is kept for these. */
export const closing: ReadonlySet<LogEntryDraft["kind"]> = new Set([
  "lookup.outcome",
  "exchange.interrupted",
  "gateway.started",
  "gateway.stopped",
]);

export function createDiskGuard({ minFreeBytes, freeBytes, probe, repeat }: DiskGuardOptions): DiskGuard {
  let failure: Failure | undefined;
  let reserveTouched = false;

  /** On a disk that hangs, checks must not pile up. */
  const check = single(async () => {
    if (minFreeBytes > 0) {
      // A file system that does not say how full it is has said nothing new.
      const free = await freeBytes().catch(() => undefined);
      if (free !== undefined) reserveTouched = free < minFreeBytes;
    }
    if (failure === undefined) return;
    const probed = await probe();
    failure = probed.ok ? undefined : probed.error;
  });

  const code = () => failure?.code ?? (reserveTouched ? "log.full" : undefined);
  return {
    refuses: (kind) => (closing.has(kind) ? undefined : code()),
    failed(commit) {
      failure = commit;
    },
    health() {
      const refusal = code();
      return refusal === undefined ? { ok: true } : { ok: false, code: refusal };
    },
    check,
    stop: repeat(check),
  };
}
