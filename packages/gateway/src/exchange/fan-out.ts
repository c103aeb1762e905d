import type { AnswerTerms } from "@xinqiao/protocol/exchange";
import { fault } from "@xinqiao/protocol/problem";
import { err } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { createCompany } from "./company.ts";
import type { Deadline } from "./deadline.ts";
import type { AnswerFromCopy, AskNode, TargetQuestion } from "./ports.ts";
import { standsIn, type TakenRow, toCopyRow, toRow } from "./row.ts";
import type { Target } from "./targets.ts";

export interface FanOut {
  readonly targets: readonly Target[];
  readonly question: Omit<TargetQuestion, "jurisdiction">;
  readonly sealed: boolean;
  /** Whether the city's copy may stand in for a node. */
  readonly copies: boolean;
  readonly terms: AnswerTerms;
  readonly deadline: Deadline;
  readonly trace: TraceContext;
  /** Answers as of before this instant (ms since 1970) are stale. */
  readonly oldestAsOf: number;
}

export interface FanOutDependencies {
  /** Asked when a node was not to be had. */
  readonly answerFromCopy: AnswerFromCopy;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Told of an exception nobody expected: it costs its own row and no other. */
  readonly onBug: (error: unknown) => void;
}

/**
 * Asks every target at once under one deadline. Each row stands alone: what one node does cannot
 * touch another's.
 */
export function fanOut(
  work: FanOut,
  ask: AskNode,
  { answerFromCopy, elapsed, onBug }: FanOutDependencies,
): Promise<TakenRow[]> {
  const { terms, sealed, deadline, trace } = work;
  const company = createCompany(work.targets.length);
  const rows = Promise.all(
    work.targets.map(async (target) => {
      const begun = elapsed();
      const seat = company.join();
      const question = { ...work.question, jurisdiction: target.jurisdiction };
      const asked =
        target.member.status === "active"
          ? await ask(target.member, question, { deadline, trace, seat, terms, sealed }).catch(
              (error: unknown) => {
                onBug(error);
                return err(fault("server.internal"));
              },
            )
          : err(fault("policy.member-not-active"));
      seat.leave();
      const row = toRow(target, asked, Math.round((elapsed() - begun) * 10) / 10, work.oldestAsOf);
      if (asked.ok || sealed || !work.copies || !standsIn(asked.error)) return row;
      const copy = await answerFromCopy(target.member, question).catch(onBug);
      return copy ? toCopyRow(row, copy) : row;
    }),
  );
  return rows.finally(company.dispose);
}
