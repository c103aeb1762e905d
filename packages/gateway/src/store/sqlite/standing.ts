import type { LogEntryDraft } from "@xinqiao/protocol/log";
import type { AuditLog, LogEnd, LogFailure } from "../../log/index.ts";
import { closing, type DiskGuard } from "./disk-guard.ts";
import type { Failure } from "./failure.ts";

export interface StandingOptions {
  readonly guard: Pick<DiskGuard, "refuses" | "failed" | "health">;
  /** Whether a commit has been under way for long. */
  readonly stuck: () => boolean;
  /** Heard once, and again after it was well. */
  readonly onFailure: ((failure: Failure) => void) | undefined;
}

/** Whether the log takes an entry, and why not. */
export interface Standing {
  refusal(kind: LogEntryDraft["kind"]): LogFailure | undefined;
  readonly health: AuditLog["health"];
  failed(failure: Failure): void;
  /** For good: it is for an operator to look at. */
  readonly halt: (code: LogEnd) => void;
  close(): void;
}

export function createStanding({ guard, stuck, onFailure }: StandingOptions): Standing {
  let closed = false;
  let halted: LogEnd | undefined;

  function health(): ReturnType<AuditLog["health"]> {
    if (halted !== undefined) return { ok: false, code: halted };
    return stuck() ? { ok: false, code: "log.unavailable" } : guard.health();
  }

  return {
    health,
    refusal(kind) {
      const hung = stuck() && !closing.has(kind);
      if (halted !== undefined) return halted;
      return closed || hung ? "log.unavailable" : guard.refuses(kind);
    },
    failed(failure) {
      if (halted === undefined && guard.health().ok) onFailure?.(failure);
      // No probe finds it whole again: what stands there is to stay as it was found.
      if (failure.code === "log.damaged") halted ??= failure.code;
      else guard.failed(failure);
    },
    halt(code) {
      halted = code;
    },
    close() {
      closed = true;
    },
  };
}
