import type { Writable } from "node:stream";
import type { ExportFormat, FoundLine } from "@xinqiao/protocol/audit";
import { csvLine } from "../row/index.ts";
import { cellsOf, columns } from "./row.ts";

/** Writes lines to a file as they come; none is kept. */
export interface LineWriter {
  write(line: FoundLine): void;
  /** Resolves when all of it is handed to the file. */
  end(): Promise<void>;
}

export const lineWriters: Readonly<Record<ExportFormat, (file: Writable) => Promise<LineWriter>>> = {
  ndjson: async (file) => ({
    write: (line) => void file.write(`${JSON.stringify(line)}\n`),
    end: () => ended(file),
  }),
  async csv(file) {
    // Without the mark Excel takes UTF-8 for the machine's own encoding.
    file.write(`\uFEFF${csvLine(columns)}`);
    return { write: (line) => void file.write(csvLine(cellsOf(line))), end: () => ended(file) };
  },
  async xlsx(file) {
    const { default: excel } = await import("exceljs");
    const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: file });
    const sheet = workbook.addWorksheet("审计日志");
    sheet.addRow([...columns]).commit();
    return {
      write: (line) => sheet.addRow([...cellsOf(line)]).commit(),
      end: () => workbook.commit(),
    };
  },
};

function ended(file: Writable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  file.end(resolve);
  return promise;
}
