import { intervalAt } from "@xinqiao/protocol/reconciliation";
import { CommandError, tableOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { type HourReport, shownHoursSchema } from "../reconciliation/index.ts";
import { postLocal } from "./local-api.ts";

export interface ReconcileOptions {
  readonly home: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** As a partial lookup: neither all well (0) nor failed (1). */
const differsExitCode = 2;

/** Compares hours of this member's book with the city's log, through the running agent. */
export async function reconcile({ home, from, to, json }: ReconcileOptions): Promise<string> {
  const config = await loadConfig(home);
  const answered = await postLocal(config, "/v1/reconciliations", {
    ...(from !== undefined && { from: hourOf(from) }),
    ...(to !== undefined && { to: hourOf(to) }),
  });
  const { hours } = shownHoursSchema.parse(JSON.parse(answered));
  if (hours.some(({ differences }) => differences > 0)) process.exitCode = differsExitCode;
  return json ? answered : hoursTable(hours);
}

/** `2026-03-01T02Z`, or any instant of the hour. */
function hourOf(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}T\d{2}Z$/.test(text)) return text;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new CommandError(`not an hour, e.g. 2026-03-01T02Z · 时段格式不正确: ${text}`);
  return intervalAt(at);
}

const hows = {
  "member-only": "only here · 仅本节点有",
  "gateway-only": "only in the city's log · 仅市级日志有",
  "told-differently": "told differently · 双方所记不同",
  "not-proven": "not proven by the log · 日志未能证明",
};

const explanations = {
  "reply-lost": "no reply came back · 应答未送达",
  "answer-not-taken": "the gateway has not taken this answer · 网关未采用该应答",
  "evidence-erased": "evidence erased there · 市级证据已依法销毁",
};

const catches = {
  count: "by count · 数量不符",
  digest: "by digest · 摘要不符",
  "inclusion-proof": "by inclusion proof · 存在性证明不符",
  consistency: "by consistency · 一致性证明不符",
  statement: "by statement · 网关所签前后矛盾",
};

const logs = {
  extends: "extends · 前后一致",
  contradicts: "✗ contradicts, by consistency · 与已见检查点不符",
  unpublished: "no checkpoint · 尚无检查点",
};

/** How many, and of which kind: they are proved one by one, and tell by their number. */
function explainedOf(findings: HourReport["findings"]): string {
  const kinds = Map.groupBy(
    findings.flatMap(({ explanation = [] }) => explanation),
    (explanation) => explanation,
  );
  return [...kinds].map(([kind, { length }]) => `${kind} ${length}`).join("\n") || "0";
}

const titles = [
  "时段 hour",
  "查询 asked",
  "应答 answered",
  "差异 differences",
  "已说明 explained",
  "已证明 proved",
  "日志 log",
];

/** One row an hour, and below it every exchange that is not told alike, in both languages. */
export function hoursTable(hours: readonly HourReport[]): string {
  if (hours.length === 0) return "no hour is due · 暂无可对账时段";
  const rows = hours.map(({ interval, here, there, differences, findings, proved, log }) => [
    interval,
    `${here.asked.count} / ${there.asked.count}`,
    `${here.answered.count} / ${there.answered.count}`,
    differences,
    explainedOf(findings),
    proved,
    logs[log],
  ]);
  const found = hours.flatMap(({ interval, findings }) =>
    findings.map(({ exchange, side, how, by, explanation }) => {
      const why = explanation === undefined ? `✗ ${catches[by]}` : explanations[explanation];
      return `${interval}  ${exchange}  ${side === "asked" ? "查询 asked" : "应答 answered"}  ${hows[how]}  ${why}`;
    }),
  );
  const contradicted = hours
    .filter(({ words }) => words === "contradict")
    .map(({ interval }) => `${interval}  ✗ ${catches.statement}`);
  return [tableOf(titles, rows), "本节点 here / 市级日志 the city's log", ...contradicted, ...found].join(
    "\n",
  );
}
