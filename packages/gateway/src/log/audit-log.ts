import type { NodeId } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import type { Code } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";
import type { Erasure, Evidence, LateEvidence } from "./evidence.ts";

/** An authorisation by the member that signed it and that member's id of it: nobody names another's. */
export interface AuthorisationId {
  readonly issuer: NodeId;
  readonly id: string;
}

/** What may be used only so often, counted by the entries that use it. */
export interface Allowance {
  /** What is counted, for whom and when: `authorisation:<issuer>:<id>`, `quota:<member>:<purpose>:<window>`. */
  readonly name: string;
  readonly most: number;
  /** Milliseconds since 1970, after which the count may be forgotten. */
  readonly until: number;
  /** What an append over it fails with. */
  readonly exceeded: Extract<Code, "authorisation.used-up" | "policy.quota-exceeded">;
}

/**
 * A request's nonce, spent by the entry that records the request (PR-EXCHANGE §3: one use until expiry).
 * The entry's exchange id is spent with it, for the same key and as long: one id names one exchange.
 */
export interface NonceClaim {
  readonly keyId: string;
  readonly nonce: string;
  /** Milliseconds since 1970, after which the claim may be forgotten. */
  readonly expiresAt: number;
  /** Each is used once by the entry, or, when one of them is used up, none is and nothing is written. */
  readonly allowances?: readonly Allowance[];
  /** One that must not have been withdrawn. */
  readonly authorisation?: AuthorisationId;
}

export interface Appended {
  readonly index: number;
  /** Tree size and RFC 9162 root (base64) of the commit that holds the entry. */
  readonly size: number;
  readonly root: string;
}

/** Why a claim could not be spent: nothing of its append is written then. */
export interface SpendError {
  readonly code:
    | Extract<Code, "signature.replayed" | "request.id-reused" | "authorisation.withdrawn">
    | Allowance["exceeded"];
  /** Name of the allowance that is used up. */
  readonly allowance?: string;
}

/** Why the log takes nothing at all. */
export type LogFailure = Extract<Code, "log.full" | "log.unavailable" | LogEnd>;

/** Why the log takes nothing any more, whatever is tried again: the disk does not hold what was written, or it is judged. */
export type LogEnd = "log.damaged" | LogContradiction;

/** A witness holds a head, signed by the log's key, that the log does not have. */
export type LogContradiction = "log.rolled-back" | "log.forked";

/** An entry that no bundle of entries has room for (PR-AUDIT §1): nothing is written. */
export type EntryTooLong = { readonly code: Extract<Code, "log.entry-too-long"> };

export type AppendError = SpendError | EntryTooLong | { readonly code: LogFailure };

/**
 * The audit log as the use cases see it. `append` resolves only when the entry is durable
 * (fsync), and an entry and its claim are one write: a request is in the log if and only if
 * its nonce is spent and its allowances are counted. An authorisation whose withdrawal is in the log
 * is used by no later entry. What is kept beside an entry is part of that write, sealed under the key of whom it is
 * about: the log itself proves the same with and without it.
 */
export interface AuditLog {
  readonly origin: string;
  append(
    draft: LogEntryDraft,
    claim?: NonceClaim,
    evidence?: Evidence,
  ): Promise<Result<Appended, AppendError>>;
  /** Keeps more beside a durable entry, with the next write. Not waited for; what the entry has lost, it does not get back. */
  keep(index: number, evidence: LateEvidence): void;
  /** Destroys what is kept about a subject, and its key, and says so in an entry: one write. */
  erase(erasure: Erasure, claim?: NonceClaim): Promise<Result<Appended, AppendError>>;
  /** Deletes some of what is past its time and says so in an entry. Resolves with how many entries have lost what was kept. */
  expire(): Promise<Result<number, AppendError>>;
  /** Takes nothing any more, not even what closes an exchange: whatever is added would be a second past. */
  halt(code: LogContradiction): void;
  /** Whether an append would be accepted now; refreshes itself when space returns. */
  health(): { readonly ok: true } | { readonly ok: false; readonly code: LogFailure };
  /** What is durable. */
  head(): { readonly size: number; readonly root: string };
  close(): Promise<void>;
}
