import { type FoundLine, outcomeLabels, useOutcomes } from "@xinqiao/protocol/audit";
import { entryMeanings } from "@xinqiao/protocol/log";
import { codes, isCode } from "@xinqiao/protocol/problem";
import { chinaTime } from "../calendar/index.ts";
import { tableOf } from "../cli/index.ts";
import { type LineSummary, summaryColumns, summaryOf } from "./summary.ts";

/** How a table for people shows instants: what it says above them. */
export const timeTitle = "时间（北京时间） at";

/** Titles of a table for people. Files and JSON have every instant and code as the log has it. */
export const shownTitles: readonly string[] = summaryColumns.map(([column, title]) =>
  column === "at" ? timeTitle : title,
);

/** A line of such a table. */
export function shownCells(summary: LineSummary): readonly string[] {
  const { at, kind, outcome } = summary;
  const shown = {
    ...summary,
    at: shownTime(at),
    kind: `${entryMeanings[kind].label} ${kind}`,
    outcome: outcome === null ? null : shownOutcome(outcome),
  };
  return summaryColumns.map(([column]) => String(shown[column] ?? "-"));
}

/** Lines as such a table; of a leaf that cannot be read its place alone. */
export function shownTable(lines: readonly FoundLine[]): string {
  const rows = lines.map((line) => {
    const summary = summaryOf(line);
    const [, ...rest] = shownTitles;
    return summary ? shownCells(summary) : [String(line.entries[0]?.index), ...rest.map(() => "?")];
  });
  return tableOf(shownTitles, rows);
}

/** An instant as it is written, by Beijing's clock. */
export function shownTime(instant: string): string {
  return chinaTime(Date.parse(instant));
}

/** What came of a lookup, or why it was refused, with its label before it. */
export function shownOutcome(outcome: string): string {
  const known = useOutcomes.find((each) => each === outcome);
  const label = known ? outcomeLabels[known] : isCode(outcome) ? codes[outcome].zh : undefined;
  return label === undefined ? outcome : `${label} ${outcome}`;
}
