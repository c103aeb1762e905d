import type { Item } from "@xinqiao/protocol/catalogue";
import { readCsv } from "./csv.ts";
import { decodeText } from "./encoding.ts";
import type { ImportFault } from "./fault.ts";
import { resemblesHeader } from "./header.ts";
import { splitLines } from "./lines.ts";
import type { SourceRow } from "./source-row.ts";
import { readBytes, type Survey } from "./survey.ts";
import { DamagedWorkbook, readWorkbook } from "./workbook.ts";
import { workbookParts } from "./workbook-parts.ts";

/** The longest line of a CSV file, in characters: text columns have no limit of their own. */
const longestLine = 4 * 1024 * 1024;

export interface RowSource {
  /** The header row first. Throws a `ReadFailure` when the file cannot be read to its end. */
  readonly rows: AsyncGenerator<SourceRow>;
  /** Read so far. */
  readonly bytes: number;
  readonly ignoredSheets: readonly string[];
}

/** Carries a fault out of a stream of rows. */
export class ReadFailure extends Error {
  readonly fault: ImportFault;
  constructor(fault: ImportFault, options?: ErrorOptions) {
    super(fault.code, options);
    this.fault = fault;
  }
}

export function openRows(
  path: string,
  survey: Survey,
  items: readonly Item[],
  signal: AbortSignal | undefined,
): RowSource {
  const ignoredSheets: string[] = [];
  let bytes = 0;
  const onBytes = (more: number) => {
    bytes += more;
  };
  const rows =
    survey.format === "xlsx"
      ? readWorkbook(workbookParts(path, signal, onBytes), {
          isHeader: (titles) => resemblesHeader(titles, items),
          onIgnoredSheet: (name) => ignoredSheets.push(name),
        })
      : readCsv(splitLines(decodeText(readBytes(path, signal, onBytes), survey.encoding), longestLine));
  return {
    rows: guarded(rows, signal),
    get bytes() {
      return bytes;
    },
    ignoredSheets,
  };
}

/** Turns what reading throws into the file's fault, or its reader's wish; a bug stays a bug. */
async function* guarded(
  rows: AsyncIterable<SourceRow>,
  signal: AbortSignal | undefined,
): AsyncGenerator<SourceRow> {
  try {
    for await (const row of rows) {
      signal?.throwIfAborted();
      yield row;
    }
  } catch (error) {
    const code = codeOf(error, signal);
    throw code === undefined ? error : new ReadFailure({ code }, { cause: error });
  }
}

function codeOf(error: unknown, signal: AbortSignal | undefined) {
  if (signal?.aborted) return "import.cancelled";
  if (error instanceof DamagedWorkbook) return "import.workbook-damaged";
  return error instanceof Error && "syscall" in error ? "import.file-unreadable" : undefined;
}
