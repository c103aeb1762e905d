import { open } from "node:fs/promises";
import type { Item } from "@xinqiao/protocol/catalogue";
import type { AgentStore, QuarantinedRow, RowReason } from "../store/index.ts";
import { describeReason } from "./reasons.ts";

const titles = ["行号 line", "栏目 column", "原因", "reason"];
/** Spreadsheets take CSV for GB18030 unless it begins with a byte order mark. */
const byteOrderMark = "\uFEFF";

/**
 * Writes the rows an import kept back as a CSV for their sender: line, columns at fault, reasons in both
 * languages, and the row as it was sent, under the file's own headings. It holds personal data, so that only its owner may read it, and
 * it never overwrites another file. Returns the number of rows written. Throws when the file exists or
 * cannot be written.
 */
export async function writeQuarantineReport(
  path: string,
  report: {
    readonly store: Pick<AgentStore, "imports">;
    readonly import: number;
    readonly item: Item;
    /** The file's header row. */
    readonly titles: readonly string[];
  },
): Promise<number> {
  const labels = new Map(report.item.fields.map(({ name, label }) => [name, label.zh]));
  const file = await open(path, "wx", 0o600);
  try {
    await file.write(`${byteOrderMark}${csvLine([...titles, ...report.titles])}`);
    let rows = 0;
    for (const row of report.store.imports.quarantined(report.import)) {
      await file.write(csvLine(reportCells(row, labels)));
      rows += 1;
    }
    return rows;
  } finally {
    await file.close();
  }
}

function reportCells(
  { line, reasons, cells }: QuarantinedRow,
  labels: ReadonlyMap<string, string>,
): string[] {
  const words = reasons.map(({ reason }) => describeReason(reason));
  return [
    String(line),
    reasons.map((reason) => columnName(reason, labels)).join("\n"),
    words.map(({ zh }) => zh).join("\n"),
    words.map(({ en }) => en).join("\n"),
    ...cells,
  ];
}

function columnName({ field }: RowReason, labels: ReadonlyMap<string, string>): string {
  return field === undefined ? "" : `${field} ${labels.get(field) ?? ""}`.trim();
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${harmless(cell).replaceAll('"', '""')}"`).join(",")}\r\n`;
}

/**
 * A cell that a spreadsheet would run as a formula becomes text (OWASP, CSV Injection): whoever opens
 * the report must not run what a sender put into a name. Full-width signs count in Chinese editions.
 */
function harmless(cell: string): string {
  return /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
}
