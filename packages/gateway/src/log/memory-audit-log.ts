import type { Kept, KeptResponse } from "@xinqiao/protocol/evidence";
import {
  appendLeaf,
  decodeEntry,
  emptyFrontier,
  type Frontier,
  type LogEntry,
  type LogEntryDraft,
  leafHash,
  maxLeafBytes,
  rootOf,
  sealEntry,
} from "@xinqiao/protocol/log";
import { err, ok } from "@xinqiao/protocol/result";
import type { AppendError, Appended, AuditLog, LogFailure } from "./audit-log.ts";
import { type Evidence, keptBeside, type SubjectTag, subjectTags } from "./evidence.ts";
import { createMemoryClaims, type MemoryClaimsState } from "./memory-claims.ts";
import type { WithdrawalList } from "./withdrawals.ts";

/** What is kept beside one entry. */
export interface MemoryEvidence {
  readonly tag: SubjectTag;
  readonly until: number;
  readonly kept: Kept;
  readonly response?: KeptResponse;
}

/** What a memory log leaves behind; opened again on it, a log goes on where the last one stopped. */
export interface MemoryLogState extends MemoryClaimsState {
  readonly written: { readonly leaf: string }[];
  /** By the entry's index. */
  readonly beside: Map<number, MemoryEvidence>;
}

export const emptyLogState = (): MemoryLogState => ({
  written: [],
  beside: new Map(),
  nonces: new Map(),
  used: new Map(),
  withdrawn: new Map(),
});

export interface MemoryAuditLogOptions {
  readonly origin: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly tagKey?: Uint8Array;
  readonly state?: MemoryLogState;
}

export interface MemoryAuditLog extends AuditLog {
  /** Everything written, oldest first. */
  entries(): readonly LogEntry[];
  readonly withdrawals: WithdrawalList;
  /** What is kept beside an entry. */
  evidence(index: number): MemoryEvidence | undefined;
  /** From now on every append fails with the code; without one they succeed again. */
  fail(code?: LogFailure): void;
}

/** The audit log's twin in memory: the port's every promise but durability, for tests of what uses it. */
export function createMemoryAuditLog(options: MemoryAuditLogOptions): MemoryAuditLog {
  const { origin, now, randomBytes, tagKey = Buffer.alloc(32) } = options;
  const tagOf = subjectTags(tagKey);
  const state: MemoryLogState = options.state ?? emptyLogState();
  const claims = createMemoryClaims(state, now);
  let frontier: Frontier = state.written.reduce(grow, emptyFrontier);
  let failure: LogFailure | undefined;
  const fail = (code?: LogFailure) => {
    failure = code;
  };

  const head = () => ({ size: frontier.size, root: rootOf(frontier).toString("base64") });
  const entries = () => state.written.map(({ leaf }) => readBack(leaf));

  function write(draft: LogEntryDraft, evidence?: Evidence): Appended {
    const at = now();
    const sealed = sealEntry(draft, at, randomBytes);
    const index = frontier.size;
    const beside = keptBeside(draft, sealed, evidence, { at, tagOf });
    if (beside) state.beside.set(index, beside);
    state.written.push({ leaf: sealed.leaf });
    frontier = grow(frontier, sealed);
    return { index, ...head() };
  }

  /** How many entries have lost what was kept beside them. */
  function remove(which: (beside: MemoryEvidence) => boolean): number {
    const gone = [...state.beside].filter(([, beside]) => which(beside));
    for (const [index] of gone) state.beside.delete(index);
    return gone.length;
  }

  function refusal(draft?: LogEntryDraft): AppendError | undefined {
    const code = failure;
    if (code) return { code };
    const tooLong = draft !== undefined && isTooLong(sealEntry(draft, now(), randomBytes));
    return tooLong ? { code: "log.entry-too-long" } : undefined;
  }

  for (const { exchange, actor, intent } of openIntents(entries())) {
    write({ kind: "exchange.interrupted", exchange, actor, intent });
  }
  return {
    origin,
    async append(draft, claim, evidence) {
      const refused = refusal(draft) ?? (claim && claims.spend(claim, draft.exchange));
      if (refused) return err(refused);
      if (draft.kind === "authorisation.withdrawn") claims.withdraw(draft);
      return ok(write(draft, evidence));
    },
    keep(index, { response }) {
      const beside = state.beside.get(index);
      if (beside) state.beside.set(index, { ...beside, response });
    },
    async erase({ tag, reason }, claim) {
      const refused = refusal() ?? (claim && claims.spend(claim, null));
      if (refused) return err(refused);
      const entries = remove((beside) => beside.tag === tag);
      return ok(write({ kind: "subject.erased", exchange: null, actor: null, entries, reason }));
    },
    async expire() {
      const refused = refusal();
      if (refused) return err(refused);
      const entries = remove(({ until }) => until < now());
      if (entries > 0) write({ kind: "evidence.expired", exchange: null, actor: null, entries });
      return ok(entries);
    },
    evidence: (index) => state.beside.get(index),
    halt: fail,
    health: () => (failure === undefined ? { ok: true } : { ok: false, code: failure }),
    head,
    entries,
    withdrawals: claims.withdrawals,
    fail,
    async close() {
      fail("log.unavailable");
    },
  };
}

const isTooLong = ({ leaf }: { readonly leaf: string }) => Buffer.byteLength(leaf) > maxLeafBytes;

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
