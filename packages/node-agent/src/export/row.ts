import type { FoundLine } from "@xinqiao/protocol/audit";
import { summaryOf } from "@xinqiao/runtime/audit";

/** Columns of a file for people, with their titles. */
export const columns = [
  "序号 index",
  "时间 at",
  "类型 kind",
  "查询方 member",
  "用途 purpose",
  "结果 outcome",
  "授权书签发方 authoriser",
  "交换 exchange",
  "结束条目 closing entry",
  "条目原文 leaf",
] as const;

/** A line as cells of text. */
export function cellsOf(line: FoundLine): readonly string[] {
  const [first, closing] = line.entries;
  const { at, kind, member, purpose, outcome, authoriser, exchange } = summaryOf(line) ?? {};
  return [
    first?.index,
    ...[at, kind, member, purpose, outcome, authoriser, exchange],
    closing?.index,
    first?.leaf,
  ].map((cell) => defused(String(cell ?? "")));
}

/** A spreadsheet takes what begins so for a formula, and runs it: behind an apostrophe it is text. */
export function defused(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
