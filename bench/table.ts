import Table from "cli-table3";

/** One figure, what it is held against, and whether it holds. Ratios, so that machines can be compared. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: { readonly atLeast: number } | { readonly under: number };
}

const shown = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

export function met({ value, aim }: Figure): boolean | undefined {
  if (aim === undefined) return undefined;
  return "atLeast" in aim ? value >= aim.atLeast : value < aim.under;
}

export function figureTable(figures: readonly Figure[]): string {
  const table = new Table({
    head: ["figure", "value", "aim", ""],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "right", "left"],
  });
  for (const figure of figures) {
    const { name, value, unit, aim } = figure;
    const goal = aim === undefined ? "" : "atLeast" in aim ? `≥ ${aim.atLeast}` : `< ${aim.under}`;
    const verdict = met(figure);
    table.push([
      name,
      `${shown(value)} ${unit}`,
      goal,
      verdict === undefined ? "" : verdict ? "met" : "missed",
    ]);
  }
  return table.toString();
}
