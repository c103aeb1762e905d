import type { CaseOutcome, CaseStep, caseKinds } from "@xinqiao/protocol/cases";
import { chinaTime } from "../calendar/index.ts";
import { factsOf, tableOf, wrapped } from "../cli/index.ts";

type Kind = (typeof caseKinds)[number];

/** A case in one line, at a member or at the city. */
export interface CaseLine {
  readonly case: string;
  readonly kind: Kind;
  readonly source: string;
  readonly record: string;
  readonly state: CaseStep["step"];
  readonly outcome?: CaseOutcome | undefined;
  readonly due?: { readonly by: string; readonly on: string } | undefined;
  /** Whether the last day is over. */
  readonly late: boolean;
}

const kinds: Readonly<Record<Kind, string>> = {
  objection: "异议 objection",
  repair: "信用修复 repair",
};
const states: Readonly<Record<CaseStep["step"], string>> = {
  opened: "已受理 opened",
  checked: "已核查 checked",
  extended: "已延期 extended",
  decided: "已决定 decided",
};
const outcomes: Readonly<Record<CaseOutcome, string>> = {
  corrected: "已更正 corrected",
  withdrawn: "已撤回 withdrawn",
  repaired: "已修复 repaired",
  rejected: "不予采纳 rejected",
};
const findings = { same: "与来源一致 same", differs: "与来源不一致 differs" };

const titles = {
  case: "案件 case",
  kind: "类型 kind",
  source: "来源 source",
  record: "记录 record",
  state: "状态 state",
  waits: "待办 waits for",
  due: "期限 due",
};

const stateOf = ({ state, outcome }: CaseLine) => (outcome === undefined ? states[state] : outcomes[outcome]);
const dueOf = ({ due, late }: CaseLine) =>
  due === undefined ? undefined : `${due.on}${late ? " 逾期 late" : ""}`;

export function caseTable(cases: readonly CaseLine[]): string {
  const rows = cases.map((line) => [
    ...[line.case, kinds[line.kind], line.source, line.record],
    ...[stateOf(line), line.due?.by ?? "-", dueOf(line) ?? "-"],
  ]);
  return tableOf(Object.values(titles), rows);
}

/** One case with every step and its reason. What was signed is in the JSON alone. */
export function caseText(line: CaseLine, steps: readonly CaseStep[], suggested?: string): string {
  const facts = factsOf([
    [titles.case, line.case],
    [titles.kind, kinds[line.kind]],
    [titles.source, line.source],
    [titles.record, line.record],
    [titles.state, stateOf(line)],
    [titles.waits, line.due?.by],
    [titles.due, dueOf(line)],
    ["核查建议 suggested", suggested],
  ]);
  const rows = steps.map((step) => [
    states[step.step],
    step.iss,
    chinaTime(step.iat * 1000),
    resultOf(step),
    reasonOf(step),
  ]);
  const heads = ["步骤 step", "经办 by", "时间（北京时间） at", "结果 result", "理由 reason"];
  return `${facts}\n${tableOf(heads, rows)}`;
}

function resultOf(step: CaseStep): string {
  if (step.step === "checked") return findings[step.finding];
  if (step.step === "decided") return `${outcomes[step.outcome]}\n记录版本 record version ${step.version}`;
  if (step.step === "opened" && step.evidence.length > 0) return `证明材料 evidence: ${step.evidence.length}`;
  return "-";
}

const reasonOf = (step: CaseStep): string => ("reason" in step ? wrapped(step.reason) : "-");
