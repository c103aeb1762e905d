import type { Field, Item } from "@xinqiao/protocol/catalogue";
import type { Workbook } from "exceljs";

const sheetName = "取值 values";

interface List {
  readonly field: Field;
  readonly values: readonly string[];
}

function listsOf({ fields }: Item): readonly List[] {
  return fields.flatMap((field) =>
    field.values === undefined || field.values.length === 0 ? [] : [{ field, values: field.values }],
  );
}

/**
 * Column name → where its values stand. On a sheet of their own: a list in a cell's rule holds 255 characters, and no
 * value with a comma.
 */
export function valuePlaces(item: Item): ReadonlyMap<string, string> {
  return new Map(
    listsOf(item).map(({ field, values }, at) => {
      const letter = letterOf(at);
      return [field.name, `'${sheetName}'!$${letter}$2:$${letter}$${values.length + 1}`];
    }),
  );
}

/** The sheet that holds them; none when there are no lists. */
export function addValuesSheet(book: Workbook, item: Item): void {
  const lists = listsOf(item);
  if (lists.length === 0) return;
  const sheet = book.addWorksheet(sheetName);
  for (const [at, { field, values }] of lists.entries()) {
    const column = sheet.getColumn(at + 1);
    column.width = 22;
    column.numFmt = "@";
    // Not the label alone: a row of those would pass for a header.
    column.values = [`${field.name} ${field.label.zh}`, ...values];
  }
}

/** Of a column counted from 0: `A` … `Z`, `AA` … */
function letterOf(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : letterOf(Math.floor(at / 26) - 1) + letter;
}
