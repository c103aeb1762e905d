import type { Item } from "@xinqiao/protocol/catalogue";
import type { Workbook } from "exceljs";
import { join, lengthOf, remarkOf, typeOf } from "./field-words.ts";

const titles = [
  ["栏目 column", 18],
  ["名称", 28],
  ["name", 34],
  ["必填 required", 14],
  ["类型 type", 40],
  ["长度 length", 14],
  ["允许的值 values", 40],
  ["说明 remarks", 60],
] as const;

const advice = [
  "带 * 的栏目必填。填报时请勿改动“数据”表首行的栏目代码；不填的选填栏目可整列删除。 · Columns with * are required. Leave the codes in the first row of the sheet 数据 as they are; optional columns may be deleted.",
  "有误的行会被隔离并列出原因，其余各行照常入库；重复报送同一文件不产生影响。 · A row with a fault is kept back and listed with the reason, the others are taken in; the same file again changes nothing.",
];

/** The sheet that explains every column. */
export function addGuideSheet(book: Workbook, item: Item, catalogueVersion: number): void {
  const sheet = book.addWorksheet("说明 guide");
  sheet.addRow([`${join(item.name)} (${item.code})，目录版本 catalogue version ${catalogueVersion}`]).font = {
    bold: true,
    size: 14,
  };
  for (const line of advice) sheet.addRow([line]);
  sheet.addRow([]);
  sheet.addRow(titles.map(([title]) => title)).font = { bold: true };
  for (const [at, [, width]] of titles.entries()) sheet.getColumn(at + 1).width = width;
  for (const field of item.fields) {
    const remark = remarkOf(field, item);
    const row = sheet.addRow([
      field.name,
      field.label.zh,
      field.label.en,
      field.required ? "必填 yes" : "",
      join(typeOf(field)),
      lengthOf(field),
      field.values?.join("、") ?? "",
      remark === undefined ? "" : join(remark),
    ]);
    row.alignment = { wrapText: true, vertical: "top" };
  }
}
