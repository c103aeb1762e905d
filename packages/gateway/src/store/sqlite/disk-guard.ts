import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import type { AppendError, AuditLog } from "../../log/index.ts";

export interface DiskGuardOptions {
  readonly path: string;
  readonly minFreeBytes: number;
  /** A small real write: the code it fails with, or nothing. */
  readonly probe: () => Promise<AppendError["code"] | undefined>;
}

/** Knows whether the log can take a new exchange, and finds out by itself when it can again. */
export interface DiskGuard {
  refuses(kind: LogEntryDraft["kind"]): AppendError["code"] | undefined;
  /** What the last commit came to. */
  wrote(code: AppendError["code"] | undefined): void;
  readonly health: AuditLog["health"];
  check(): Promise<void>;
  stop(): void;
}

const checkIntervalMs = 1_000;

/** What ends something already begun: the reserve is kept for these. */
const closing: ReadonlySet<LogEntryDraft["kind"]> = new Set([
  "lookup.outcome",
  "exchange.interrupted",
  "gateway.started",
  "gateway.stopped",
]);

export function createDiskGuard({ path, minFreeBytes, probe }: DiskGuardOptions): DiskGuard {
  let failed: AppendError["code"] | undefined;
  let reserveTouched = false;

  async function check(): Promise<void> {
    if (minFreeBytes > 0) {
      const disk = await statfs(dirname(path)).catch(() => undefined);
      reserveTouched = disk !== undefined && disk.bavail * disk.bsize < minFreeBytes;
    }
    if (failed !== undefined) failed = await probe();
  }

  const timer = setInterval(() => void check(), checkIntervalMs).unref();
  const code = () => failed ?? (reserveTouched ? "log.full" : undefined);
  return {
    refuses: (kind) => (closing.has(kind) ? undefined : code()),
    wrote(result) {
      failed = result;
    },
    health() {
      const refusal = code();
      return refusal === undefined ? { ok: true } : { ok: false, code: refusal };
    },
    check,
    stop: () => clearInterval(timer),
  };
}
