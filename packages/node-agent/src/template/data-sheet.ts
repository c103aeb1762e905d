import type { Item } from "@xinqiao/protocol/catalogue";
import type { Workbook } from "exceljs";
import { formatOf, ruleOf } from "./field-rules.ts";
import { noteOf } from "./field-words.ts";
import { valuePlaces } from "./values-sheet.ts";

declare module "exceljs" {
  interface Worksheet {
    /** Of exceljs 4.4; its types leave it out. */
    readonly dataValidations: { add(range: string, validation: DataValidation): unknown };
  }
}

/** As many rows as a sheet has: a rule costs nothing for rows that stay empty. */
const lastRow = 1_048_576;
const required = "FFC00000";
const optional = "FF595959";

/** The sheet to fill in: the catalogue's columns, those that are required with an asterisk. */
export function addDataSheet(book: Workbook, item: Item): void {
  const places = valuePlaces(item);
  const sheet = book.addWorksheet("数据 data", { views: [{ state: "frozen", ySplit: 1 }] });
  for (const [at, field] of item.fields.entries()) {
    const column = sheet.getColumn(at + 1);
    column.width = 22;
    column.numFmt = formatOf(field);
    const title = sheet.getCell(1, at + 1);
    title.value = field.required ? `${field.name}*` : field.name;
    title.numFmt = "@";
    title.font = { bold: true, color: { argb: "FFFFFFFF" } };
    title.fill = {
      type: "pattern",
      pattern: "solid",
      fgColor: { argb: field.required ? required : optional },
    };
    title.note = noteOf(field, item);
    const rule = ruleOf(field, places.get(field.name));
    if (rule !== undefined) sheet.dataValidations.add(`${column.letter}2:${column.letter}${lastRow}`, rule);
  }
}
