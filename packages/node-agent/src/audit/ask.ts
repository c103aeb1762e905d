import {
  openStatement,
  type Statement,
  type StatementRequest,
  statementAnswerSchema,
} from "@xinqiao/protocol/audit";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { parseJson } from "@xinqiao/protocol/transport";
import type { z } from "zod";
import { type CallDependencies, type CallError, callGateway, invalidReply } from "../lookup/index.ts";

/** Of one call: an export is searched again before the gateway signs. */
const timeoutMs = 60_000;

export interface AuditCall<Schema extends z.ZodType> {
  readonly path: string;
  readonly body: object;
  /** Of what the gateway answers. */
  readonly answer: Schema;
}

/** Asks the gateway about its log: it answers those who may ask, and logs that they did. */
export async function askLog<Schema extends z.ZodType>(
  { path, body, answer: schema }: AuditCall<Schema>,
  trace: TraceContext,
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<z.output<Schema>, CallError>> {
  const requestId = deps.entropy.uuid();
  const reply = await callGateway({ path, body, requestId, timeoutMs }, trace, deps, signal);
  if (!reply.ok) return err(reply.error);
  const answer = parseJson(reply.value, schema);
  return answer.ok ? answer : invalidReply("no answer to what was asked of the log");
}

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
  const reply = await askLog(call, trace, deps, signal);
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
