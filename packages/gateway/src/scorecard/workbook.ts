import type { ScoreLine } from "./line.ts";
import { type ScoreColumn, scoreColumns } from "./report.ts";
import type { TimelinessRule } from "./rule.ts";

const formats: Readonly<Record<ScoreColumn["as"], string>> = {
  text: "@",
  count: "#,##0",
  percent: "0.0%",
  hours: "0.0",
};

/**
 * The scorecard as an Excel file of two sheets: a line a source, and the rules that it was judged by.
 * @param now when it is made, milliseconds since 1970
 */
export async function scoreWorkbook(
  lines: readonly ScoreLine[],
  rules: readonly TimelinessRule[],
  now: number,
): Promise<Uint8Array> {
  // Loaded when needed: no other command should wait for it.
  const { default: excel } = await import("exceljs");
  const book = new excel.Workbook();
  book.created = new Date(now);
  book.modified = book.created;
  const sheet = book.addWorksheet("考核 scorecard", { views: [{ state: "frozen", xSplit: 1, ySplit: 1 }] });
  sheet.columns = scoreColumns.map(({ title, as }) => ({
    header: title,
    width: 18,
    style: { numFmt: formats[as] },
  }));
  for (const line of lines) sheet.addRow(scoreColumns.map(({ of }) => of(line)));
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: scoreColumns.length } };
  const judgedBy = book.addWorksheet("规则 rules");
  judgedBy.columns = [
    { header: "自 from", width: 14 },
    { header: "事项 items", width: 40 },
    { header: "工作日 working days", width: 22 },
  ];
  for (const { from, items, workingDays } of rules) judgedBy.addRow([from, items.join("、"), workingDays]);
  for (const each of [sheet, judgedBy])
    Object.assign(each.getRow(1), { font: { bold: true }, alignment: { wrapText: true, vertical: "top" } });
  return new Uint8Array(await book.xlsx.writeBuffer());
}
