import { tableOf } from "@xinqiao/runtime/cli";
import type { ScoreLine } from "./line.ts";

/** What a column holds: parts of a whole are shown in percent, and nothing where there is no whole. */
export type ScoreColumn = {
  readonly title: string;
  readonly of: (line: ScoreLine) => string | number | null;
  readonly as: "text" | "count" | "percent" | "hours";
};

export const scoreColumns: readonly ScoreColumn[] = [
  { title: "来源 source", of: ({ source }) => source, as: "text" },
  { title: "月份 month", of: ({ month }) => month, as: "text" },
  { title: "上报 told", of: ({ told }) => told, as: "count" },
  { title: "退回 refused", of: ({ refused }) => refused, as: "count" },
  { title: "退回率 refused %", of: ({ told, refused }) => part(refused, told + refused), as: "percent" },
  { title: "来源隔离 kept back", of: ({ keptBack }) => keptBack, as: "count" },
  {
    title: "隔离率 kept back %",
    of: ({ told, refused, keptBack }) => part(keptBack, told + refused + keptBack),
    as: "percent",
  },
  { title: "应考核 judged", of: ({ judged }) => judged, as: "count" },
  { title: "及时 timely", of: ({ timely }) => timely, as: "count" },
  { title: "及时率 timely %", of: ({ judged, timely }) => part(timely, judged), as: "percent" },
  {
    title: "必填完整率 required %",
    of: ({ required, requiredFilled }) => part(requiredFilled, required),
    as: "percent",
  },
  {
    title: "选填完整率 optional %",
    of: ({ optional, optionalFilled }) => part(optionalFilled, optional),
    as: "percent",
  },
  { title: "更正 corrections", of: ({ corrections }) => corrections, as: "count" },
  { title: "已办结 completed", of: ({ completed }) => completed, as: "count" },
  { title: "逾期 late", of: ({ late }) => late, as: "count" },
  { title: "知悉平均小时 hours until known", of: ({ hoursUntilKnown }) => hoursUntilKnown, as: "hours" },
  { title: "办结平均小时 hours to completion", of: ({ hours }) => hours, as: "hours" },
];

const part = (some: number, whole: number): number | null => (whole === 0 ? null : some / whole);

const titles = scoreColumns.map(({ title }) => title);
const cells = (line: ScoreLine) => scoreColumns.map(({ of, as }) => shown(of(line), as));

function shown(value: string | number | null, as: ScoreColumn["as"]): string {
  if (value === null) return "-";
  if (typeof value === "string") return value;
  if (as === "percent") return (100 * value).toFixed(1);
  return as === "hours" ? value.toFixed(1) : String(value);
}

export function scoreText(lines: readonly ScoreLine[]): string {
  return tableOf(titles, lines.map(cells));
}

/** Node ids, months and numbers only: nothing has to be quoted. Without the mark Excel takes UTF-8 for the machine's own encoding. */
export function scoreCsv(lines: readonly ScoreLine[]): string {
  return `\uFEFF${[titles, ...lines.map(cells)].map((row) => `${row.join(",")}\r\n`).join("")}`;
}
