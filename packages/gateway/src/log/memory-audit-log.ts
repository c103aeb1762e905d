import {
  appendLeaf,
  decodeEntry,
  emptyFrontier,
  type Frontier,
  type LogEntry,
  type LogEntryDraft,
  leafHash,
  maxLeafBytes,
  type Opening,
  rootOf,
  sealEntry,
} from "@xinqiao/protocol/log";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type {
  AppendError,
  Appended,
  AuditLog,
  AuthorisationId,
  LogFailure,
  NonceClaim,
  SpendError,
} from "./audit-log.ts";
import type { WithdrawalList } from "./withdrawals.ts";

/** What a memory log leaves behind; opened again on it, a log goes on where the last one stopped. */
export interface MemoryLogState {
  readonly written: { readonly leaf: string; readonly openings: readonly Opening[] }[];
  /** Spent nonces and when they may be forgotten. */
  readonly nonces: Map<string, number>;
  /** What was used of each allowance. */
  readonly used: Map<string, number>;
  /** Authorisations withdrawn and when they end, seconds since 1970, in order. */
  readonly withdrawn: Map<string, AuthorisationId & { readonly exp: number }>;
}

export const emptyLogState = (): MemoryLogState => ({
  written: [],
  nonces: new Map(),
  used: new Map(),
  withdrawn: new Map(),
});

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
  readonly withdrawals: WithdrawalList;
  /** From now on every append fails with the code; without one they succeed again. */
  fail(code?: LogFailure): void;
}

/** The audit log's twin in memory: the port's every promise but durability, for tests of what uses it. */
export function createMemoryAuditLog(options: MemoryAuditLogOptions): MemoryAuditLog {
  const { origin, now, randomBytes } = options;
  const state: MemoryLogState = options.state ?? emptyLogState();
  let frontier: Frontier = state.written.reduce(grow, emptyFrontier);
  let failure: LogFailure | undefined;
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
  function spend(claim: NonceClaim, exchange: string | null): SpendError | undefined {
    const { keyId, nonce, expiresAt, allowances = [], authorisation } = claim;
    for (const [known, until] of state.nonces) if (until < now()) state.nonces.delete(known);
    if (authorisation !== undefined && state.withdrawn.has(nameOf(authorisation))) {
      return { code: "authorisation.withdrawn" };
    }
    const usedOf = (name: string) => state.used.get(name) ?? 0;
    const over = allowances.find(({ name, most }) => usedOf(name) >= most);
    if (over !== undefined) return { code: over.exceeded, allowance: over.name };
    const once = (name: string) => {
      const first = !state.nonces.has(name);
      if (first) state.nonces.set(name, expiresAt);
      return first;
    };
    if (!once(`${keyId} ${nonce}`)) return { code: "signature.replayed" };
    if (exchange !== null && !once(`${keyId} id:${exchange.toLowerCase()}`)) {
      return { code: "request.id-reused" };
    }
    for (const { name } of allowances) state.used.set(name, usedOf(name) + 1);
    return undefined;
  }

  function withdraw({ authorisation: id, issuer, until }: WithdrawalDraft): void {
    const name = nameOf({ issuer, id });
    if (!state.withdrawn.has(name)) state.withdrawn.set(name, { issuer, id, exp: Date.parse(until) / 1000 });
  }

  for (const { exchange, actor, intent } of openIntents(entries())) {
    write({ kind: "exchange.interrupted", exchange, actor, intent });
  }
  return {
    origin,
    async append(draft, claim): Promise<Result<Appended, AppendError>> {
      const refusal = closed ? "log.unavailable" : failure;
      if (refusal) return err({ code: refusal });
      if (isTooLong(sealEntry(draft, now(), randomBytes))) return err({ code: "log.entry-too-long" });
      const spent = claim && spend(claim, draft.exchange);
      if (spent) return err(spent);
      if (draft.kind === "authorisation.withdrawn") withdraw(draft);
      return ok(write(draft));
    },
    health: () => (failure === undefined ? { ok: true } : { ok: false, code: failure }),
    head,
    entries,
    withdrawals: {
      after: (number) => ({
        last: state.withdrawn.size,
        withdrawn: [...state.withdrawn.values()]
          .map((each, place) => ({ number: place + 1, ...each }))
          .filter((each) => each.number > number && each.exp * 1000 >= now()),
      }),
    },
    fail(code) {
      failure = code;
    },
    async close() {
      closed = true;
    },
  };
}

type WithdrawalDraft = Extract<LogEntryDraft, { kind: "authorisation.withdrawn" }>;

const isTooLong = ({ leaf }: { readonly leaf: string }) => Buffer.byteLength(leaf) > maxLeafBytes;

const nameOf = ({ issuer, id }: AuthorisationId) => `${issuer}:${id}`;

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
