import type { LogEntryDraft } from "@xinqiao/protocol/log";
import type { Code } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";

/**
 * A request's nonce, spent by the entry that records the request (PR-EXCHANGE §3: one use until expiry).
 * The entry's exchange id is spent with it, for the same key and as long: one id names one exchange.
 */
export interface NonceClaim {
  readonly keyId: string;
  readonly nonce: string;
  /** Milliseconds since 1970, after which the claim may be forgotten. */
  readonly expiresAt: number;
}

export interface Appended {
  readonly index: number;
  /** Tree size and RFC 9162 root (base64) of the commit that holds the entry. */
  readonly size: number;
  readonly root: string;
}

export type AppendError = {
  readonly code: Extract<Code, "signature.replayed" | "request.id-reused" | "log.full" | "log.unavailable">;
};

/**
 * The audit log as the use cases see it. `append` resolves only when the entry is durable
 * (fsync), and an entry and its nonce are one write: a request is in the log if and only if
 * its nonce is spent.
 */
export interface AuditLog {
  readonly origin: string;
  append(draft: LogEntryDraft, claim?: NonceClaim): Promise<Result<Appended, AppendError>>;
  /** Whether an append would be accepted now; refreshes itself when space returns. */
  health(): { readonly ok: true } | { readonly ok: false; readonly code: AppendError["code"] };
  head(): { readonly size: number; readonly root: string };
  close(): Promise<void>;
}
