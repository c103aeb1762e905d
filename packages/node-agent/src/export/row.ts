import type { FoundLine } from "@xinqiao/protocol/audit";
import { summaryCells, summaryColumns, summaryOf } from "@xinqiao/runtime/audit";
import { defused } from "../row/index.ts";

/** Columns of a file for people, with their titles. */
export const columns: readonly string[] = [
  ...summaryColumns.map(([, title]) => title),
  "结束条目 closing entry",
  "条目原文 leaf",
];

/** A line as cells of text. */
export function cellsOf(line: FoundLine): readonly string[] {
  const [first, closing] = line.entries;
  // A leaf that cannot be read keeps its place.
  const summary = { ...(first && { index: first.index }), ...summaryOf(line) };
  return [...summaryCells(summary), closing?.index, first?.leaf].map((cell) => defused(String(cell ?? "")));
}
