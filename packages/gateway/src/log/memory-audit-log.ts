import {
  appendLeaf,
  decodeEntry,
  emptyFrontier,
  type Frontier,
  type LogEntry,
  type LogEntryDraft,
  leafHash,
  type Opening,
  rootOf,
  sealEntry,
} from "@xinqiao/protocol/log";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AppendError, Appended, AuditLog, NonceClaim } from "./audit-log.ts";

/** What a memory log leaves behind; opened again on it, a log goes on where the last one stopped. */
export interface MemoryLogState {
  readonly written: { readonly leaf: string; readonly openings: readonly Opening[] }[];
  /** Spent nonces and when they may be forgotten. */
  readonly nonces: Map<string, number>;
}

type SpendError = Extract<AppendError["code"], "signature.replayed" | "request.id-reused">;

export interface MemoryAuditLogOptions {
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly state?: MemoryLogState;
}

export interface MemoryAuditLog extends AuditLog {
  /** Everything written, oldest first. */
  entries(): readonly LogEntry[];
  /** From now on every append fails with the code; without one they succeed again. */
  fail(code?: AppendError["code"]): void;
}

/** The audit log's twin in memory: the port's every promise but durability, for tests of what uses it. */
export function createMemoryAuditLog(options: MemoryAuditLogOptions): MemoryAuditLog {
  const { origin, now, randomBytes } = options;
  const state: MemoryLogState = options.state ?? { written: [], nonces: new Map() };
  let frontier: Frontier = state.written.reduce(grow, emptyFrontier);
  let failure: AppendError["code"] | undefined;
  let closed = false;

  const head = () => ({ size: frontier.size, root: rootOf(frontier).toString("base64") });
  const entries = () => state.written.map(({ leaf }) => readBack(leaf));

  function write(draft: LogEntryDraft): Appended {
    const sealed = sealEntry(draft, now(), randomBytes);
    const index = frontier.size;
    state.written.push(sealed);
    frontier = grow(frontier, sealed);
    return { index, ...head() };
  }

  /** Why the claim cannot be spent, when it cannot. */
  function spend({ keyId, nonce, expiresAt }: NonceClaim, exchange: string | null): SpendError | undefined {
    for (const [known, until] of state.nonces) if (until < now()) state.nonces.delete(known);
    const once = (name: string) => {
      const first = !state.nonces.has(name);
      if (first) state.nonces.set(name, expiresAt);
      return first;
    };
    if (!once(`${keyId} ${nonce}`)) return "signature.replayed";
    return exchange === null || once(`${keyId} id:${exchange.toLowerCase()}`)
      ? undefined
      : "request.id-reused";
  }

  for (const { exchange, actor, intent } of openIntents(entries())) {
    write({ kind: "exchange.interrupted", exchange, actor, intent });
  }
  return {
    origin,
    async append(draft, claim): Promise<Result<Appended, AppendError>> {
      const refusal = closed ? "log.unavailable" : failure;
      if (refusal) return err({ code: refusal });
      const spent = claim && spend(claim, draft.exchange);
      if (spent) return err({ code: spent });
      return ok(write(draft));
    },
    health: () => (failure === undefined ? { ok: true } : { ok: false, code: failure }),
    head,
    entries,
    fail(code) {
      failure = code;
    },
    async close() {
      closed = true;
    },
  };
}

function grow(frontier: Frontier, { leaf }: { readonly leaf: string }): Frontier {
  return appendLeaf(frontier, leafHash(Buffer.from(leaf))).frontier;
}

function readBack(leaf: string): LogEntry {
  const entry = decodeEntry(Buffer.from(leaf));
  if (!entry.ok) throw new Error(`an entry does not read back: ${entry.error}`);
  return entry.value;
}

function openIntents(entries: readonly LogEntry[]) {
  const closed = new Set(entries.map((entry) => ("intent" in entry ? entry.intent : undefined)));
  return entries.flatMap(({ kind, exchange, actor }, intent) =>
    kind === "lookup.intent" && !closed.has(intent) ? [{ exchange, actor, intent }] : [],
  );
}
