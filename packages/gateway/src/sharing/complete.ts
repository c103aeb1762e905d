import { setImmediate as nextTurn } from "node:timers/promises";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import type { Directory } from "@xinqiao/protocol/registry";
import { type Correction, signCompletion } from "@xinqiao/protocol/sync";
import type { AuditLog } from "../log/index.ts";
import { createOneAndNext } from "./one-and-next.ts";
import type { Acknowledged, CorrectionBook, Hub, OpenedCorrection } from "./ports.ts";
import { sha256 } from "./sha256.ts";

/** Puts corrections into the log, and says of those that everyone has acknowledged that it is so. */
export interface Completing {
  complete(): Promise<void>;
}

export interface CompletingDependencies {
  readonly self: NodeId;
  readonly hub: Pick<Hub, "subscribers" | "absentSince" | "setLapsed" | "durable"> &
    Omit<CorrectionBook, "acknowledge" | "corrections">;
  readonly directory: () => Pick<Directory, "member">;
  readonly signer: Signer;
  readonly log: Pick<AuditLog, "append">;
  readonly now: () => number;
  /** The city's calendar day. */
  readonly today: () => string;
  /** Who has not asked for so long is not waited for until it asks again. */
  readonly lapsesAfterMs: number;
}

/** One at a time. What cannot be logged now is completed later. */
export function createCompleting(deps: CompletingDependencies): Completing {
  const { hub } = deps;
  /** Whether a reader was gone when it was last looked; unknown at first, as if it had been. */
  const known = new Map<NodeId, boolean>();
  const complete = createOneAndNext(async () => {
    if (!(await announceAll(deps))) return;
    if (!(await sayLapsed(deps))) return;
    // A member that was suspended or has left gives no receipts, and holds nothing any more by its own rules.
    const directory = deps.directory();
    for (const { node, isLapsed } of hub.subscribers()) {
      const gone = isLapsed || directory.member(node)?.status !== "active";
      if (gone || known.get(node) !== false) await setGone(node, gone, hub);
      known.set(node, gone);
    }
    if (!(await sayOverdue(deps))) return;
    for (let some = hub.acknowledged(); some.length > 0; some = hub.acknowledged()) {
      if (!(await completeSome(some, deps))) return;
    }
  });
  return { complete };
}

/** Hundreds of thousands may wait for one that is away: exchanges go in between. */
async function setGone(
  node: NodeId,
  isGone: boolean,
  hub: Pick<CompletingDependencies["hub"], "setGone">,
): Promise<void> {
  for (let at = hub.setGone(node, isGone); at !== undefined; at = hub.setGone(node, isGone, at)) {
    await nextTurn();
  }
}

const announceAll = ({ hub, log }: Pick<CompletingDependencies, "hub" | "log">): Promise<boolean> =>
  logEach("correction.opened", { next: hub.unannounced, said: hub.announced }, log);

/** Said once: whoever is late is named for good, also when its receipt comes. */
const sayOverdue = ({
  hub,
  log,
  today,
}: Pick<CompletingDependencies, "hub" | "log" | "today">): Promise<boolean> =>
  logEach("correction.late", { next: () => hub.overdue(today()), said: hub.saidOverdue }, log);

/** One that never comes back must not hold up for ever what everybody else has applied. @returns whether the log has taken it */
async function sayLapsed({
  hub,
  log,
  now,
  lapsesAfterMs,
}: Pick<CompletingDependencies, "hub" | "log" | "now" | "lapsesAfterMs">): Promise<boolean> {
  for (const absent of hub.absentSince(now() - lapsesAfterMs)) {
    const { node: member, position, seenAt } = absent;
    const about = { exchange: null, actor: null, member, position, seenAt: Math.floor(seenAt / 1000) };
    if (!(await log.append({ kind: "subscriber.lapsed", ...about })).ok) return false;
    hub.setLapsed(absent);
  }
  return true;
}

interface Unsaid {
  /** Some of those that are not in the log yet. */
  readonly next: () => readonly OpenedCorrection[];
  readonly said: (id: number) => void;
}

/** @returns whether the log has taken them all */
async function logEach(
  kind: "correction.opened" | "correction.late",
  { next, said }: Unsaid,
  log: Pick<AuditLog, "append">,
): Promise<boolean> {
  for (let some = next(); some.length > 0; some = next()) {
    const saying = some.map(async ({ id, openedAt: _at, ...correction }) => {
      const logged = await log.append({ kind, exchange: null, actor: null, ...correction });
      if (logged.ok) said(id);
      return logged.ok;
    });
    if (!(await Promise.all(saying)).every(Boolean)) return false;
  }
  return true;
}

/**
 * A statement is signed and kept, then in the log, then said: one that is cut off goes on with the same statement.
 * @returns whether the log has taken them all
 */
async function completeSome(some: readonly Acknowledged[], deps: CompletingDependencies): Promise<boolean> {
  const { hub, log, now } = deps;
  const signed: (Correction & { readonly id: number; readonly statement: string })[] = [];
  for (const { holders, gone, statement, ...correction } of some) {
    signed.push({
      ...correction,
      statement: statement ?? (await sign({ holders, gone, ...correction }, deps)),
    });
  }
  await hub.durable();
  const saying = signed.map(async ({ id, openedAt: _at, statement, ...about }) => {
    const draft = { kind: "correction.completed", exchange: null, actor: null, ...about } as const;
    const logged = await log.append({ ...draft, statement: sha256(statement) });
    if (logged.ok) hub.complete(id, now());
    return logged.ok;
  });
  return (await Promise.all(saying)).every(Boolean);
}

async function sign(
  { id, holders, gone, ...correction }: Omit<Acknowledged, "statement">,
  { self, hub, signer, now }: CompletingDependencies,
): Promise<string> {
  const iat = Math.floor(now() / 1000);
  const said = { iss: self, iat, ...correction, holders: [...holders], gone: [...gone] };
  const statement = await signCompletion(said, signer);
  hub.keepStatement(id, statement);
  return statement;
}
