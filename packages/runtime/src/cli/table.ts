import Table from "cli-table3";

export type Cell = string | number;

/**
 * Rows under their titles, as every command prints them for people; programs ask for `--json`.
 * @param aligns of the first columns; the others begin at the left
 */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  aligns: readonly ("left" | "right")[] = [],
): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] }, colAligns: [...aligns] });
  table.push(...rows.map((row) => row.map(harmless)));
  return table.toString();
}

/** What is known of one thing, a line each; what is absent is left out. */
export function factsOf(facts: readonly (readonly [title: string, value: Cell | undefined])[]): string {
  return facts
    .flatMap(([title, value]) => (value === undefined ? [] : [`${title}: ${harmless(value)}`]))
    .join("\n");
}

/** Characters of a long text in one line of a cell: Chinese ones are two columns wide. */
const cellWidth = 30;

/** A long text as a cell's lines, cut anywhere: Chinese has no blanks between words. */
export function wrapped(text: string): string {
  return text
    .split("\n")
    .map((line) => line.replaceAll(new RegExp(`.{${cellWidth}}(?=.)`, "gsu"), "$&\n"))
    .join("\n");
}

/** Text of others must not steer the terminal it is shown on. */
function harmless(cell: Cell): string {
  return String(cell).replaceAll(/[^\P{Cc}\n]/gu, " ");
}
