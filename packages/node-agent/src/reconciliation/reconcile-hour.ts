import { asResult, fault } from "@xinqiao/protocol/problem";
import {
  type BookEntry,
  type BookSummary,
  boundsOf,
  compareBooks,
  type Explanation,
  type Finding,
  type Interval,
  mostFindings,
  openReport,
  openStatement,
  type Reconciled,
  type Report,
  reconciledSchema,
  type Statement,
  sameSummary,
  signStatement,
  summarise,
  type Unproven,
} from "@xinqiao/protocol/reconciliation";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { nextHop } from "@xinqiao/protocol/trace";
import { parseJson } from "@xinqiao/protocol/transport";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import type { Book, BookLine } from "../book/index.ts";
import { type CallDependencies, type CallError, callGateway, invalidReply } from "../lookup/index.ts";
import type { Caught, HourReport } from "./hour-report.ts";
import { type LogViewDependencies, viewLog } from "./log-view.ts";
import type { ReconciledHours } from "./port.ts";
import { proveLines } from "./prove-lines.ts";

export interface ReconcileDependencies extends CallDependencies {
  readonly book: Pick<Book, "lines" | "begun">;
  readonly reconciled: ReconciledHours;
  /** The newest checkpoint of the city's log that this member has cosigned, as a note. */
  readonly checkpoint: () => string | undefined;
  readonly logView: Omit<LogViewDependencies, "get">;
  readonly get: GetFromGateway;
}

/** Reading an hour of a large log takes the gateway a while. */
const timeoutMs = 60_000;

/** This member's side of an hour. */
interface Own {
  readonly interval: Interval;
  readonly lines: readonly BookLine[];
  readonly entries: readonly BookEntry[];
  /** What was asked and got no reply: in nobody's count, but known. */
  readonly unanswered: ReadonlySet<string>;
  readonly summary: BookSummary;
  readonly statement: string;
}

/**
 * Compares an hour of this member's book with the city's log. When the summaries differ the gateway lists what it has
 * in the hour, and this member names every exchange of which the two do not say the same; what the gateway then
 * signs must be about exactly these.
 */
export async function reconcileHour(
  interval: Interval,
  deps: ReconcileDependencies,
  signal: AbortSignal,
): Promise<Result<HourReport, CallError>> {
  const signed = await asResult(() => ownSide(interval, deps));
  if (!signed.ok) return err({ by: "agent", fault: signed.error });
  const own = signed.value;
  const first = await send({ statement: own.statement }, own, deps, signal);
  if (!first.ok) return first;
  const findings = differencesIn(first.value, own);
  if (findings === undefined) return invalidReply("not the entries that the gateway has signed for");
  const proofs = await checkProofs(own, findings, deps, signal);
  if (!proofs.ok) return proofs;
  const { report } = first.value;
  const clean = proofs.value.unproven.length === 0 && proofs.value.log !== "contradicts";
  if (report !== undefined && clean)
    return keep(own, { ...first.value, report, findings }, proofs.value, deps);
  const named = namedFindings(findings, own, proofs.value);
  const second = await send({ statement: own.statement, ...named }, own, deps, signal);
  if (!second.ok) return second;
  return second.value.report === undefined
    ? invalidReply("no report")
    : keep(own, { ...second.value, report: second.value.report, findings }, proofs.value, deps);
}

/** Nothing when the gateway has signed that the books agree; undefined when it lists something else than it has signed for. */
function differencesIn({ report, entries, logged }: Word, own: Own): Finding[] | undefined {
  if (report !== undefined) return [];
  const listed = entries !== undefined && sameSummary(summarise(entries), logged);
  return listed ? compareBooks(own.entries, entries) : undefined;
}

/** What the log's own proofs say. */
interface Proofs extends Pick<HourReport, "log" | "proved"> {
  readonly unproven: readonly Unproven[];
}

/** Of everything that both sides tell alike: what is told differently needs no proof to be seen. */
async function checkProofs(
  own: Own,
  findings: readonly Finding[],
  deps: ReconcileDependencies,
  signal: AbortSignal,
): Promise<Result<Proofs, CallError>> {
  const viewed = await viewLog({ ...deps.logView, get: deps.get });
  if (!viewed.ok) return err({ by: "agent", fault: viewed.error });
  const view = viewed.value;
  if (view === undefined) return ok({ log: "unpublished", proved: 0, unproven: [] });
  const found = new Set(findings.map(({ side, exchange }) => `${side} ${exchange}`));
  const told = own.lines.filter(
    ({ side, exchange, status }) => status !== "unanswered" && !found.has(`${side} ${exchange}`),
  );
  const lines = await proveLines(told, view, deps, signal);
  if (!lines.ok) return lines;
  const { unproven, uncovered } = lines.value;
  const clean = findings.length === 0 && unproven.length === 0 && !view.contradicts;
  // A log that is slow to sign is no difference; one that differs anyway is not waited for.
  if (uncovered > 0 && clean) return err({ by: "agent", fault: fault("reconciliation.not-covered") });
  const proved = told.length - unproven.length - uncovered;
  return ok({ log: view.contradicts ? "contradicts" : "extends", proved, unproven });
}

/** As many as a request has room for, and how many more there are. */
function namedFindings(findings: readonly Finding[], own: Own, { unproven, log }: Proofs) {
  const named = findings.slice(0, mostFindings).map((found) => nameFinding(found, own));
  const some = unproven.slice(0, mostFindings - named.length);
  const more = findings.length + unproven.length - named.length - some.length;
  return {
    findings: named,
    more,
    unproven: some,
    ...(log === "contradicts" && { contradicts: true }),
  };
}

async function ownSide(interval: Interval, { book, node, signer, now, checkpoint }: ReconcileDependencies) {
  const begun = book.begun() ?? 0;
  const lines = book.lines(interval).filter(({ at }) => at >= begun);
  const entries = lines.flatMap(toEntry);
  const summary = summarise(entries);
  const note = checkpoint();
  const { from, to } = boundsOf(interval);
  const partial = begun * 1000 > from && begun * 1000 < to;
  const statement = await signStatement(
    {
      iss: node,
      iat: Math.floor(now() / 1000),
      member: node,
      interval,
      ...(partial && { since: begun }),
      ...summary,
      ...(note !== undefined && { checkpoint: note }),
    },
    signer,
  );
  const unanswered = new Set(
    lines.filter((line) => line.status === "unanswered").map((line) => line.exchange),
  );
  return { interval, lines, entries, unanswered, summary, statement };
}

function toEntry({ side, exchange, status, digest }: BookLine): BookEntry[] {
  return status === "unanswered" ? [] : [{ side, exchange, status, digest }];
}

function nameFinding({ side, exchange, how, member }: Finding, { unanswered }: Own) {
  const replyLost = side === "asked" && how === "gateway-only" && unanswered.has(exchange);
  return { side, exchange, how, member, ...(replyLost && { replyLost }) };
}

interface Word extends Omit<Reconciled, "report" | "statement"> {
  readonly logged: Statement;
  readonly statementText: string;
  readonly report?: Report;
  readonly reportText?: string;
}

/** What the gateway says, when its signatures hold and it is about what was stated. */
async function send(
  body: object,
  { interval, summary }: Own,
  deps: ReconcileDependencies,
  signal: AbortSignal,
): Promise<Result<Word, CallError>> {
  const call = { path: "/v1/reconciliations", body, requestId: deps.entropy.uuid(), timeoutMs };
  const reply = await callGateway(call, nextHop(undefined, deps.entropy.hex), deps, signal);
  if (!reply.ok) return reply;
  const parsed = parseJson(reply.value, reconciledSchema);
  if (!parsed.ok) return invalidReply(parsed.error.code);
  const { statement: statementText, report: reportText, entries } = parsed.value;
  const expected = { signer: deps.gateway.node, member: deps.node, interval };
  const directory = deps.directory();
  const logged = openStatement(statementText, expected, directory);
  if (logged === undefined) return invalidReply("not the gateway's statement of this hour");
  const word = { logged, statementText, ...(entries && { entries }) };
  if (reportText === undefined) return ok(word);
  const report = openReport(reportText, expected, directory);
  const fits = report && sameSummary(report.stated, summary) && sameSummary(report.logged, logged);
  return fits ? ok({ ...word, report, reportText }) : invalidReply("not a report of these statements");
}

interface Outcome extends Word {
  readonly report: Report;
  /** By this member's own comparison. */
  readonly findings: readonly Finding[];
}

function keep(
  own: Own,
  { report, reportText = "", logged, statementText, findings }: Outcome,
  { unproven, log, proved }: Proofs,
  { reconciled, now }: ReconcileDependencies,
): Result<HourReport, CallError> {
  if (findings.length === 0 && !sameSummary(own.summary, logged))
    return invalidReply("no difference was named");
  const compared = findings.map((found) => catchOf(found, explanationIn(report, found)));
  const caught = [...compared, ...unproven.map((missed) => unprovenIn(missed, own))];
  const explained = caught.filter(({ explanation }) => explanation !== undefined).length;
  const { interval, summary: here } = own;
  const there = { asked: logged.asked, answered: logged.answered };
  const differences = caught.length - explained + (log === "contradicts" ? 1 : 0);
  const hour = { interval, here, there, findings: caught, log, proved, differences, explained };
  reconciled.keep({
    interval,
    at: now(),
    differences,
    explained,
    statement: statementText,
    report: reportText,
    detail: JSON.stringify(hour),
  });
  return ok(hour);
}

/** What is here and not there shows in the counts already; what is told differently in the digests alone. */
function catchOf({ explanation, ...found }: Finding, explained: Explanation | undefined): Caught {
  const by = found.how === "told-differently" ? "digest" : "count";
  return { ...found, by, ...(explained !== undefined && { explanation: explained }) };
}

function unprovenIn({ side, exchange, by }: Unproven, { entries }: Own): Caught {
  const entry = entries.find((other) => other.side === side && other.exchange === exchange);
  const member = entry === undefined ? null : { status: entry.status, digest: entry.digest };
  return { side, exchange, how: "not-proven", member, gateway: null, by };
}

/** The gateway explains only what it can know: for the rest its word counts for nothing. */
function explanationIn(
  { findings }: Report,
  { side, exchange, how, member, gateway }: Finding,
): Explanation | undefined {
  const reported = findings.find(
    (other) =>
      other.side === side &&
      other.exchange === exchange &&
      other.how === how &&
      other.member?.digest === member?.digest &&
      other.gateway?.digest === gateway?.digest,
  );
  const explanation = reported?.explanation;
  return explanation !== undefined && mayExplain[explanation]({ side, how, gateway })
    ? explanation
    : undefined;
}

const mayExplain: Record<Explanation, (found: Pick<Finding, "side" | "how" | "gateway">) => boolean> = {
  "reply-lost": ({ side, how }) => side === "asked" && how === "gateway-only",
  "answer-not-taken": ({ side, how }) => side === "answered" && how === "member-only",
  "evidence-erased": ({ how, gateway }) => how === "told-differently" && gateway?.digest === null,
};
