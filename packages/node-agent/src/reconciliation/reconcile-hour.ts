import { asResult } from "@xinqiao/protocol/problem";
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
} from "@xinqiao/protocol/reconciliation";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { nextHop } from "@xinqiao/protocol/trace";
import { parseJson } from "@xinqiao/protocol/transport";
import type { Book, BookLine } from "../book/index.ts";
import { type CallDependencies, type CallError, callGateway, invalidReply } from "../lookup/index.ts";
import type { Caught, HourReport } from "./hour-report.ts";
import type { ReconciledHours } from "./port.ts";

export interface ReconcileDependencies extends CallDependencies {
  readonly book: Pick<Book, "lines" | "begun">;
  readonly reconciled: ReconciledHours;
  /** The newest checkpoint of the city's log that this member has cosigned, as a note. */
  readonly checkpoint: () => string | undefined;
}

/** Reading an hour of a large log takes the gateway a while. */
const timeoutMs = 60_000;

/** This member's side of an hour. */
interface Own {
  readonly interval: Interval;
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
  const { report, entries, logged } = first.value;
  if (report !== undefined) return keep(own, { ...first.value, report, findings: [] }, deps);
  if (entries === undefined || !sameSummary(summarise(entries), logged))
    return invalidReply("not the entries that the gateway has signed for");
  const findings = compareBooks(own.entries, entries);
  const named = findings.slice(0, mostFindings).map((found) => nameFinding(found, own));
  const more = findings.length - named.length;
  const second = await send({ statement: own.statement, findings: named, more }, own, deps, signal);
  if (!second.ok) return second;
  return second.value.report === undefined
    ? invalidReply("no report")
    : keep(own, { ...second.value, report: second.value.report, findings }, deps);
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
  return { interval, entries, unanswered, summary, statement };
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
  { reconciled, now }: ReconcileDependencies,
): Result<HourReport, CallError> {
  if (findings.length === 0 && !sameSummary(own.summary, logged))
    return invalidReply("no difference was named");
  const caught = findings.map((found) => catchOf(found, explanationIn(report, found)));
  const explained = caught.filter(({ explanation }) => explanation !== undefined).length;
  const { interval, summary: here } = own;
  const there = { asked: logged.asked, answered: logged.answered };
  const hour = { interval, here, there, findings: caught, differences: caught.length - explained, explained };
  const { differences } = hour;
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
