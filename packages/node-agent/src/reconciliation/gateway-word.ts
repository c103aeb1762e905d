import {
  type BookEntry,
  openReport,
  openStatement,
  type Report,
  reconciledSchema,
  type Statement,
  sameSummary,
} from "@xinqiao/protocol/reconciliation";
import { ok, type Result } from "@xinqiao/protocol/result";
import { nextHop } from "@xinqiao/protocol/trace";
import { askGateway, type CallDependencies, type CallError, invalidReply } from "../lookup/index.ts";
import type { Own } from "./own-side.ts";

/** What the gateway has signed about an hour, as it came. */
export interface Word {
  readonly logged: Statement;
  readonly statementText: string;
  readonly report?: Report;
  readonly reportText?: string;
  readonly entries?: readonly BookEntry[];
}

/** What the gateway says, when its signatures hold and it is about this hour. */
export async function askWord(
  body: object,
  { interval }: Pick<Own, "interval">,
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<Word, CallError>> {
  const call = { path: "/v1/reconciliations", body, answer: reconciledSchema };
  const reply = await askGateway(call, nextHop(undefined, deps.entropy.hex), deps, signal);
  if (!reply.ok) return reply;
  const { statement: statementText, report: reportText, entries } = reply.value;
  const expected = { signer: deps.gateway.node, member: deps.node, interval };
  const directory = deps.directory();
  const logged = openStatement(statementText, expected, directory);
  if (logged === undefined) return invalidReply("not the gateway's statement of this hour");
  const word = { logged, statementText, ...(entries && { entries }) };
  if (reportText === undefined) return ok(word);
  const report = openReport(reportText, expected, directory);
  return report ? ok({ ...word, report, reportText }) : invalidReply("not the gateway's report of this hour");
}

/**
 * Whether a report and the statement beside it cannot both be true: about another book or another log, or of books
 * that differ without a difference, or the other way round. Both are signed: nobody else can have said so.
 */
export function contradictsItself({ report, logged }: Word, { summary }: Pick<Own, "summary">): boolean {
  if (report === undefined) return false;
  const ofThese = sameSummary(report.stated, summary) && sameSummary(report.logged, logged);
  const named = report.findings.length + report.more > 0;
  return !ofThese || named === sameSummary(summary, logged);
}
