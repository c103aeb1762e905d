import {
  openStatement,
  type Statement,
  type StatementRequest,
  statementAnswerSchema,
} from "@xinqiao/protocol/audit";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { askGateway, type CallDependencies, type CallError } from "../lookup/index.ts";

/** What a subject is handed: the gateway's signed word, and what it says. */
export interface OpenedStatement {
  readonly statement: string;
  readonly says: Statement;
}

/** Who looked a subject up, by the gateway's word; believed only when it is signed, and about this subject. */
export async function askStatement(
  body: StatementRequest,
  trace: TraceContext,
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<OpenedStatement, CallError>> {
  const call = { path: "/v1/audit/statements", body, answer: statementAnswerSchema };
  const reply = await askGateway(call, trace, deps, signal);
  if (!reply.ok) return reply;
  const { statement } = reply.value;
  const expected = {
    gateway: deps.gateway.node,
    member: deps.node,
    subject: body.subject,
    now: deps.now(),
  };
  const opened = openStatement(statement, expected, deps.directory());
  return opened.ok ? ok({ statement, says: opened.value }) : err({ by: "agent", fault: opened.error });
}
