import { Readable } from "node:stream";
import type { Row, stream } from "exceljs";
import { decodeText } from "./encoding.ts";

declare module "exceljs" {
  namespace stream {
    namespace xlsx {
      /** Methods of exceljs 4.4 that its types leave out. */
      interface WorkbookReader {
        _parseSharedStrings(entry: AsyncIterable<Uint8Array>): AsyncGenerator<unknown>;
        _parseWorksheet(chunks: AsyncIterable<Uint8Array | string>, number: string): Iterable<unknown>;
      }
      interface WorksheetReader {
        readonly name: string;
      }
    }
  }
}

export interface Sheet extends AsyncIterable<Row> {
  readonly name: string;
}

const options: Partial<stream.xlsx.WorkbookStreamReaderOptions> = {
  worksheets: "emit",
  sharedStrings: "cache",
  styles: "cache",
  hyperlinks: "ignore",
  entries: "ignore",
};

/**
 * The sheets of a workbook, as a stream. exceljs decodes each chunk of XML on its own, which breaks the
 * Chinese character that a chunk's border falls on (exceljs issue 2084, open since 2022): it gets whole
 * elements of decoded text instead. What makes the file fail makes the sheets fail; left to itself,
 * exceljs would wait for ever.
 */
export async function* readSheets(file: Readable): AsyncGenerator<Sheet> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  file.on("error", reject);
  const reader = await openReader(file);
  for await (const sheet of orFail(reader, failed)) {
    yield { name: sheet.name, [Symbol.asyncIterator]: () => orFail(sheet, failed) };
  }
}

async function* orFail<T>(values: AsyncIterable<T>, failed: Promise<never>): AsyncGenerator<T> {
  const iterator = values[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([iterator.next(), failed]);
    if (next.done === true) return;
    yield next.value;
  }
}

async function openReader(file: Readable) {
  // Loaded when needed: no other command should wait for it.
  const { default: excel } = await import("exceljs");
  class Reader extends excel.stream.xlsx.WorkbookReader {
    override async *_parseSharedStrings(entry: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
      yield* super._parseSharedStrings(Readable.from(wholeElements(entry, "</si>")));
    }
    override _parseWorksheet(chunks: AsyncIterable<Uint8Array>, number: string): Iterable<unknown> {
      return super._parseWorksheet(wholeElements(chunks, "</row>"), number);
    }
  }
  return new Reader(file, options);
}

/** The longest row or shared text, in characters; a cell holds 32,767 at most. */
const longestElement = 8 * 1024 * 1024;

/** Text cut only behind an end tag, and rid of what exceljs would read as part of a cell, or instead of it. */
export async function* wholeElements(
  chunks: AsyncIterable<Uint8Array>,
  endTag: "</si>" | "</row>",
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of decodeText(chunks, "utf-8")) {
    rest += text;
    const end = rest.lastIndexOf(endTag) + endTag.length;
    if (end >= endTag.length) {
      yield plainRuns(rest.slice(0, end));
      rest = rest.slice(end);
    }
    if (rest.length > longestElement) throw new RangeError("an element of the workbook never ends");
  }
  yield plainRuns(rest);
}

/** ECMA-376 §18.4.6: how a text is pronounced (拼音), not what it says. */
const phonetic = /<rPh\b[^>]*[^/]>[\s\S]*?<\/rPh>/g;
/** Between two runs of differently styled text in one cell (§18.4.4). */
const runBreak = /<\/t>\s*<\/r>\s*<r>\s*(?:<rPr\/>|<rPr>[\s\S]*?<\/rPr>)?\s*<t(?: [^>]*[^/])?>/g;

/** exceljs takes a text's phonetic run for the text, and of an inline text its last run alone. */
function plainRuns(xml: string): string {
  return xml.replace(phonetic, "").replace(runBreak, "");
}
