import { explainRow, nodeOfRow, type OpenedExchange, type RowStatus } from "@xinqiao/protocol/exchange";
import { divisionName } from "@xinqiao/protocol/identity";
import { chinaTime } from "../calendar/index.ts";
import { tableOf } from "../cli/index.ts";

const statuses: Readonly<Record<RowStatus, string>> = {
  ok: "✓ 有记录 ok",
  none: "○ 无记录 none",
  refused: "✗ 拒绝 refused",
  timeout: "✗ 超时 timeout",
  open: "✗ 熔断 open",
  error: "✗ 错误 error",
  stale: "△ 过旧 stale",
};

const head = [
  "辖区\njurisdiction",
  "节点\nnode",
  "状态\nstatus",
  "数据时点（北京时间）\nas of (UTC+8)",
  "耗时\nlatency",
  "记录\nrecords",
  "原因\nwhy",
];

/** An exchange as a person reads it: one row a jurisdiction, in Chinese and English. */
export function exchangeTable({ exchange, complete, results, log }: OpenedExchange): string {
  const rows = results.map((row) => [
    placeOf(row.jurisdiction),
    nodeOfRow(row),
    statuses[row.status],
    row.asOf === undefined ? "—" : chinaTime(Date.parse(row.asOf)),
    `${row.latencyMs.toFixed(0)} ms`,
    row.records.length,
    explainRow(row),
  ]);
  const whole = complete ? "完整 complete" : "部分 partial";
  return [
    `交换 exchange ${exchange} · ${whole}`,
    tableOf(head, rows, ["left", "left", "left", "left", "right", "right"]),
    `日志 audit log ${log.origin}: 序号 index ${log.intent}, ${log.outcome}; 总数 size ${log.size}`,
  ].join("\n");
}

function placeOf(jurisdiction: string): string {
  const name = divisionName(jurisdiction);
  return name === undefined ? jurisdiction : `${name.zh} ${jurisdiction}\n${name.en}`;
}
