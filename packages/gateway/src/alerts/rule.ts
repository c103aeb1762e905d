import type { AlertRule } from "@xinqiao/protocol/audit";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { SubjectTag } from "../log/index.ts";
import type { HourFacts } from "./facts.ts";
import type { Thresholds } from "./thresholds.ts";

/** What a rule has found in an hour's facts. */
export interface Finding {
  readonly member: NodeId | null;
  /** Milliseconds since 1970: what was looked at. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly threshold: number;
  readonly entries: readonly number[];
  /** With rule, member and `from` it tells one finding from another: a purpose. */
  readonly of?: string;
  /** Whom it is about, where that is one subject; this too tells one finding from another. */
  readonly about?: SubjectTag;
}

export interface RuleContext {
  readonly thresholds: Thresholds;
  /** Whether nobody is at work on a day, `YYYY-MM-DD`. */
  readonly isRestDay: (day: string) => boolean;
}

export interface UseRule {
  readonly name: AlertRule;
  find(facts: HourFacts, context: RuleContext): readonly Finding[];
}
