import { err, ok, type Result } from "@xinqiao/protocol/result";
import { parse } from "csv-parse/sync";
import type { Line } from "./lines.ts";
import type { LineReason, SourceRow } from "./source-row.ts";

/** How far a quoted cell may run on before its opening quote is taken for a slip. */
const cellLimits = { lines: 1_000, characters: 4 * 1024 * 1024 };
/** Lines handed to the parser at once. */
const batchSize = 256;

/**
 * Reads comma-separated text (RFC 4180) so that a bad line costs only itself. A parser run over the
 * whole file cannot do that: after one stray quote it takes everything up to the next quote, or the end
 * of the file, for one cell. So quotes are counted here: a line with an odd number of them opens a cell
 * that the next such line closes. If what lies between is not a row as wide as the header, the first
 * line is bad and the others are read again as lines of their own.
 */
export async function* readCsv(lines: AsyncIterable<Line>): AsyncGenerator<SourceRow> {
  const feed = lineFeed(lines);
  const reader = recordReader();
  let batch: Line[] = [];
  const flush = () => {
    const rows = reader.single(batch);
    batch = [];
    return rows;
  };
  try {
    for (let line = await feed.next(); line !== undefined; line = await feed.next()) {
      const spans = hasOddQuotes(line.text);
      if (!spans && !line.overlong) batch.push(line);
      if (spans || line.overlong || batch.length === batchSize) yield* flush();
      if (line.overlong) yield bad(line, "row-too-long");
      else if (spans) yield await readSpanning(line, feed, reader);
    }
    yield* flush();
  } finally {
    await feed.close();
  }
}

async function readSpanning(first: Line, feed: LineFeed, reader: RecordReader): Promise<SourceRow> {
  const taken = [first];
  let characters = first.text.length;
  while (taken.length < cellLimits.lines && characters < cellLimits.characters) {
    const next = await feed.next();
    if (next === undefined) break;
    taken.push(next);
    characters += next.text.length;
    if (!hasOddQuotes(next.text)) continue;
    const row = reader.spanning(taken);
    if (row !== undefined) return row;
    break;
  }
  feed.unread(taken.slice(1));
  return bad(first, "quotes-unbalanced");
}

interface RecordReader {
  /** Lines that are one row each. */
  single(lines: readonly Line[]): SourceRow[];
  /** Lines that may be one row together; undefined when they are not. */
  spanning(lines: readonly Line[]): SourceRow | undefined;
}

/** Knows how wide the file is from its first row on. */
function recordReader(): RecordReader {
  let width: number | undefined;
  const fitted = (cells: string[]): string[] | undefined => {
    width ??= cells.length;
    // Spreadsheets write the empty cells behind a row's last one, or do not: these may be too many.
    const surplus = cells.slice(width);
    return cells.length >= width && surplus.every(isBlank) ? cells.slice(0, width) : undefined;
  };
  const toRow = (line: Line, cells: string[]): SourceRow => {
    const fitting = fitted(cells);
    return fitting === undefined ? bad(line, "column-count") : { line: line.number, cells: fitting };
  };
  const one = (line: Line): SourceRow => {
    const cells = parseRecord(line.text);
    return cells.ok ? toRow(line, cells.value) : bad(line, cells.error);
  };
  return {
    single(lines) {
      const filled = lines.filter(({ text }) => !/^[\s,]*$/.test(text));
      const parsed = tryParse(filled.map(({ text }) => text).join("\n"));
      if (parsed?.length !== filled.length) return filled.map(one);
      return filled.map((line, at) => toRow(line, parsed[at] ?? []));
    },
    spanning(lines) {
      const [first] = lines;
      const cells = parseRecord(lines.map(({ text }) => text).join("\n"));
      const fitting = cells.ok ? fitted(cells.value) : undefined;
      return first && fitting && { line: first.number, cells: fitting };
    },
  };
}

function parseRecord(text: string): Result<string[], LineReason> {
  const [cells, ...more] = tryParse(text) ?? [];
  return cells === undefined || more.length > 0 ? err("quotes-misplaced") : ok(cells);
}

function tryParse(text: string): string[][] | undefined {
  try {
    return parse(text, { record_delimiter: "\n", relax_column_count: true, max_record_size: 0 });
  } catch {
    return undefined;
  }
}

function bad({ number, text }: Line, reason: LineReason): SourceRow {
  return { line: number, raw: text, reason };
}

/** RFC 4180 doubles a quote inside a cell, so that whole rows have an even number of them. */
function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

interface LineFeed {
  next(): Promise<Line | undefined>;
  unread(lines: readonly Line[]): void;
  close(): Promise<void>;
}

function lineFeed(lines: AsyncIterable<Line>): LineFeed {
  const iterator = lines[Symbol.asyncIterator]();
  let returned: Line[] = [];
  let at = 0;
  return {
    async next() {
      const again = returned[at];
      at += 1;
      if (again !== undefined) return again;
      const { done, value } = await iterator.next();
      return done === true ? undefined : value;
    },
    unread(again) {
      returned = [...again, ...returned.slice(at)];
      at = 0;
    },
    async close() {
      await iterator.return?.();
    },
  };
}
