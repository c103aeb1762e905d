import { createHash } from "node:crypto";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { asResult, type Fault, fault } from "@xinqiao/protocol/problem";
import {
  accountsFor,
  type BookEntry,
  type BookSummary,
  differencesOf,
  type Explanation,
  type Finding,
  isSettled,
  openStatement,
  type Reconciled,
  type Reconciliation,
  type Report,
  type Statement,
  sameSummary,
  signReport,
  signStatement,
  statedInterval,
  summarise,
} from "@xinqiao/protocol/reconciliation";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AuditLog, NonceClaim } from "../log/index.ts";
import type { BookReader } from "./book-reader.ts";
import { completeFindings, explain } from "./explain.ts";
import type { LoggedEntries, Reconciliations } from "./ports.ts";

/** A statement whose sender is known. */
export interface ReconciliationRequest {
  readonly reconciliation: Reconciliation;
  readonly member: NodeId;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

export interface ReconcileDependencies {
  readonly self: NodeId;
  readonly directory: () => Directory;
  readonly signer: Signer;
  readonly log: AuditLog;
  readonly entries: LoggedEntries;
  readonly books: BookReader;
  readonly kept: Reconciliations;
  readonly now: () => number;
}

/** What a comparison came to. */
export interface Compared {
  readonly reply: Reconciled;
  readonly statement: Statement;
  /** Null while the member has yet to name the differences. */
  readonly differences: number | null;
  readonly explained: number;
  /** Why exchanges are no differences, one by one. */
  readonly explanations: readonly Explanation[];
}

export type ReconcileError =
  /** The request itself; not in the log yet. */
  | { readonly refused: Fault }
  /** The log took nothing, or the key cannot be reached. */
  | { readonly failed: Fault };

/** Findings of a comparison; none of their own while the member has yet to name them. */
type Found = Pick<Report, "findings" | "more" | "unproven" | "contradicts">;

/**
 * Compares an hour of a member's book with what the log has of it. Books that are equal agree at once. If they are
 * not, the member is given what the log has in the hour and names the differences: exactly those that lead from the
 * one signed summary to the other. Each comparison stands in the log before it is answered, and is kept.
 */
export async function reconcile(
  request: ReconciliationRequest,
  deps: ReconcileDependencies,
): Promise<Result<Compared, ReconcileError>> {
  const { reconciliation, member } = request;
  const stated = open(reconciliation.statement, member, deps);
  if (!stated.ok) return err({ refused: stated.error });
  const read = await readBook(stated.value, member, deps);
  if (!read.ok) return err({ refused: read.error });
  const { entries, logged } = read.value;
  const found = compare(request, stated.value, read.value, deps);
  if (!found.ok) return err({ refused: found.error });
  const word = await asResult(() => sign(stated.value, logged, found.value, deps));
  if (!word.ok) return err({ failed: word.error });
  const appended = await append(request, stated.value, { logged, found: found.value }, deps);
  if (!appended.ok) return err({ failed: appended.error });
  const { statement, report } = word.value;
  const counts = countsOf(found.value);
  deps.kept.keep({
    member,
    interval: stated.value.interval,
    at: deps.now(),
    stated: reconciliation.statement,
    logged: statement,
    report: report ?? null,
    ...counts,
  });
  const listed = entries.map(({ side, exchange, status, digest }) => ({ side, exchange, status, digest }));
  const reply = report === undefined ? { statement, entries: listed } : { statement, report };
  const explanations = (found.value?.findings ?? []).flatMap(({ explanation = [] }) => explanation);
  return ok({ reply, statement: stated.value, explanations, ...counts });
}

function open(
  text: string,
  member: NodeId,
  { directory, now }: ReconcileDependencies,
): Result<Statement, Fault> {
  const interval = statedInterval(text);
  const stated = interval && openStatement(text, { signer: member, member, interval }, directory());
  if (stated === undefined) return err(fault("reconciliation.statement-invalid"));
  return isSettled(stated.interval, now()) ? ok(stated) : err(fault("reconciliation.too-early"));
}

interface ReadBook {
  /** None were read when it came to what the member states. */
  readonly entries: readonly BookEntry[];
  readonly logged: BookSummary;
}

/** The log is read only for an hour that was never read, or of which the member states something else. */
async function readBook(
  stated: Statement,
  member: NodeId,
  { books }: Pick<ReconcileDependencies, "books">,
): Promise<Result<ReadBook, Fault>> {
  const { interval, since } = stated;
  const known = since === undefined ? books.summary(interval, member) : undefined;
  if (known !== undefined && sameSummary(known, stated)) return ok({ entries: [], logged: known });
  const read = await books.read(interval, member, since);
  return read.ok ? ok({ entries: read.value, logged: summarise(read.value) }) : read;
}

function compare(
  { reconciliation, member }: ReconciliationRequest,
  stated: Statement,
  { entries: book, logged }: ReadBook,
  { entries }: Pick<ReconcileDependencies, "entries">,
): Result<Found | undefined, Fault> {
  const { findings: named, more = 0, unproven = [], contradicts } = reconciliation;
  const proofs = { unproven, ...(contradicts && { contradicts }) };
  if (sameSummary(stated, logged)) return ok({ findings: [], more: 0, ...proofs });
  if (named === undefined) return ok(undefined);
  const findings = completeFindings(named, book);
  // Those that are not named cannot be checked; that they are there is enough to be seen.
  if (more === 0 && !accountsFor(findings, book, stated)) return err(fault("reconciliation.inexact"));
  const missed = new Set(unproven.map(keyOf));
  const explained = findings.map((found, at) =>
    missed.has(keyOf(found)) ? unexplained(found) : explain(found, named[at] ?? {}, member, entries),
  );
  return ok({ findings: explained, more, ...proofs });
}

const keyOf = ({ side, exchange }: Pick<Finding, "side" | "exchange">) => `${side} ${exchange}`;

/** What the member says that the log does not prove to it is a difference, whatever this side would say. */
function unexplained({ explanation: _unproven, ...found }: Finding): Finding {
  return found;
}

function countsOf(found: Found | undefined): {
  readonly differences: number | null;
  readonly explained: number;
} {
  if (found === undefined) return { differences: null, explained: 0 };
  const { findings, more, unproven, contradicts } = found;
  const differing = differencesOf(findings).length;
  const named = new Set(findings.map(keyOf));
  const besides = unproven.filter((missed) => !named.has(keyOf(missed))).length;
  const differences = differing + more + besides + (contradicts ? 1 : 0);
  return { differences, explained: findings.length - differing };
}

async function sign(
  { member, interval, since, asked, answered }: Statement,
  logged: BookSummary,
  found: Found | undefined,
  { self, signer, entries, now }: ReconcileDependencies,
): Promise<{ readonly statement: string; readonly report?: string }> {
  const iat = Math.floor(now() / 1000);
  const about = { iss: self, iat, member, interval, ...(since !== undefined && { since }) };
  const note = entries.checkpoint();
  const statement = await signStatement(
    { ...about, ...logged, ...(note !== undefined && { checkpoint: note }) },
    signer,
  );
  if (found === undefined) return { statement };
  const report: Report = { ...about, stated: { asked, answered }, logged, ...found };
  return { statement, report: await signReport(report, signer) };
}

async function append(
  { reconciliation, member, requestId, traceId, claim }: ReconciliationRequest,
  { interval, asked, answered }: Statement,
  { logged, found }: { readonly logged: BookSummary; readonly found: Found | undefined },
  { log }: ReconcileDependencies,
): Promise<Result<unknown, Fault>> {
  const appended = await log.append(
    {
      kind: "books.reconciled",
      exchange: requestId,
      actor: member,
      traceId,
      member,
      interval,
      asked: { member: asked.count, gateway: logged.asked.count },
      answered: { member: answered.count, gateway: logged.answered.count },
      statement: createHash("sha256").update(reconciliation.statement).digest("base64url"),
      ...countsOf(found),
    },
    claim,
  );
  return appended.ok ? appended : err(fault(appended.error.code));
}
