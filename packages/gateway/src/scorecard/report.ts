import type { ScoreLine } from "./line.ts";

const columns: readonly (readonly [string, (line: ScoreLine) => string | number])[] = [
  ["来源 source", ({ source }) => source],
  ["月份 month", ({ month }) => month],
  ["上报 told", ({ told }) => told],
  ["退回 refused", ({ refused }) => refused],
  ["退回率 refused %", ({ told, refused }) => percent(refused, told + refused)],
  ["应考核 judged", ({ judged }) => judged],
  ["及时 timely", ({ timely }) => timely],
  ["及时率 timely %", ({ judged, timely }) => percent(timely, judged)],
  ["必填完整率 required %", ({ required, requiredFilled }) => percent(requiredFilled, required)],
  ["选填完整率 optional %", ({ optional, optionalFilled }) => percent(optionalFilled, optional)],
  ["更正 corrections", ({ corrections }) => corrections],
  ["已办结 completed", ({ completed }) => completed],
  ["逾期 late", ({ late }) => late],
  ["办结平均小时 hours to completion", ({ hours }) => hours ?? "-"],
];

/** `-` where there is nothing to take a part of. */
const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : ((100 * part) / whole).toFixed(1);

export const scoreTitles = columns.map(([title]) => title);
export const scoreCells = (line: ScoreLine) => columns.map(([, of]) => String(of(line)));

export function scoreText(lines: readonly ScoreLine[]): string {
  return [scoreTitles, ...lines.map(scoreCells)].map((cells) => cells.join("\t")).join("\n");
}

/** Node ids, months and numbers only: nothing has to be quoted. Without the mark Excel takes UTF-8 for the machine's own encoding. */
export function scoreCsv(lines: readonly ScoreLine[]): string {
  return `\uFEFF${[scoreTitles, ...lines.map(scoreCells)].map((cells) => `${cells.join(",")}\r\n`).join("")}`;
}
