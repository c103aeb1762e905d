import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Item } from "@xinqiao/protocol/catalogue";
import { recordsOf, type SampleItem, type SampleRecord, sampleItems, sampleNode } from "../../data/index.ts";
import { itemOf } from "../catalogue.ts";
import { encodeGb18030 } from "../gb18030.ts";
import type { Build } from "../part.ts";
import { createTextFile, csvLine, type Encode, encodeUtf8 } from "../text-file.ts";
import { type DayForm, type FileForm, fileForms } from "./forms.ts";
import type { RowFile } from "./row-file.ts";
import { slips } from "./slips.ts";
import { createWorkbook } from "./workbook.ts";

/** Bao'an's platform hands over files: one an item, in national columns, a few rows of them bad. */
export async function writeFiles({ folder, subjects, onRecord }: Build): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const files = new Map(sampleItems.map((item) => [item, openFile(item, folder)]));
  for (const { item, row, state } of recordsOf(sampleNode("sz-baoan"), subjects)) {
    if (isSent(state)) files.get(item)?.write(row);
    onRecord();
  }
  for (const file of files.values()) await file.close();
}

/** A national file has no column for it: what was repaired or withdrawn is no longer sent. */
function isSent(state: SampleRecord["state"]): boolean {
  return state === "current" || state === "annotated";
}

function openFile(code: SampleItem, folder: string): RowFile {
  const { name, form, day } = fileForms[code];
  const item = itemOf(code);
  const path = join(folder, name);
  const file = form === "xlsx" ? createWorkbook(path, item) : createCsv(path, item, form);
  return withSlips(code, withDays(item, day, file));
}

function createCsv(path: string, item: Item, form: Exclude<FileForm["form"], "xlsx">): RowFile {
  const encode: Encode = form === "gb18030" ? encodeGb18030 : encodeUtf8;
  const file = createTextFile(path, encode);
  const columns = item.fields.map(({ name }) => name);
  const mark = form === "utf-8-bom" ? "\uFEFF" : "";
  file.line(mark + csvLine(columns));
  return {
    write: (row) => file.line(csvLine(columns.map((column) => row[column] ?? ""))),
    async close() {
      file.close();
    },
  };
}

/** Days as this office writes them. */
function withDays(item: Item, write: DayForm, file: RowFile): RowFile {
  const days = item.fields.filter(({ type }) => type === "date").map(({ name }) => name);
  return {
    close: file.close,
    write(row) {
      const written = { ...row };
      for (const name of days) {
        const day = row[name];
        if (day !== undefined) written[name] = write(day);
      }
      file.write(written);
    },
  };
}

function withSlips(code: SampleItem, file: RowFile): RowFile {
  const ours = slips.filter(({ item }) => item === code);
  let rows = 0;
  return {
    close: file.close,
    write(row) {
      file.write(row);
      rows += 1;
      for (const { after, spoil } of ours) if (after === rows) file.write(spoil(row));
    },
  };
}
