import { isStale, type ResultRow, type RowStatus } from "@xinqiao/protocol/exchange";
import type { Code, Fault } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";
import type { VerifiedAnswer } from "./ports.ts";
import type { Target } from "./targets.ts";

const statusOfFault: Partial<Record<Code, RowStatus>> = {
  "node.timeout": "timeout",
  "node.probing": "timeout",
  "node.circuit-open": "open",
};

/** A row as the log takes it: with the instant at which the node signed its answer. */
export interface TakenRow extends ResultRow {
  readonly answeredAt?: string;
}

/** Why a row has no answer, where a copy may stand in: the node was not to be had. Its own "no" stands. */
export const standsIn = ({ code }: Pick<Fault, "code">): boolean => code.startsWith("node.");

/** The row of a node that was not to be had, with what the city's copy says: never fresh, and why. */
export function toCopyRow(row: TakenRow, { answer, jws }: VerifiedAnswer): TakenRow {
  const { asOf, gaps, iat } = answer;
  return {
    ...row,
    status: "stale",
    ...(asOf !== undefined && { asOf }),
    ...(gaps && { gaps }),
    answeredAt: new Date(iat * 1000).toISOString(),
    answer: jws,
  };
}

/** One target's row: what it said, or why it said nothing. Nothing is ever invented or dropped. */
export function toRow(
  target: Target,
  asked: Result<VerifiedAnswer, Fault>,
  latencyMs: number,
  oldestAsOf: number,
): TakenRow {
  const { jurisdiction, member, via } = target;
  const base = { jurisdiction, node: member.node, ...(via !== undefined && { via }), latencyMs };
  if (!asked.ok) {
    return { ...base, status: statusOfFault[asked.error.code] ?? "error", code: asked.error.code };
  }
  const { answer, jws } = asked.value;
  const answeredAt = new Date(answer.iat * 1000).toISOString();
  if (answer.status === "refused") {
    const code = answer.refusal?.code;
    return { ...base, status: "refused", ...(code !== undefined && { code }), answeredAt, answer: jws };
  }
  const { asOf } = answer;
  const stale = isStale(asOf, oldestAsOf);
  return {
    ...base,
    status: stale ? "stale" : answer.status,
    ...(asOf !== undefined && { asOf }),
    ...(answer.gaps && { gaps: answer.gaps }),
    ...(stale && { code: "answer.data-too-old" }),
    answeredAt,
    answer: jws,
  };
}
