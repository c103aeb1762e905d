import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "./csv.ts";
import { splitLines } from "./lines.ts";
import type { SourceRow } from "./source-row.ts";

async function rowsOf(text: string, lineLimit = 10_000): Promise<SourceRow[]> {
  async function* chunks() {
    yield text;
  }
  const rows: SourceRow[] = [];
  for await (const row of readCsv(splitLines(chunks(), lineLimit))) rows.push(row);
  return rows;
}

const brief = (rows: readonly SourceRow[]) =>
  rows.map((row) => [row.line, "reason" in row ? row.reason : row.cells.join("|")]);

describe("readCsv", () => {
  it("reads quoted cells with commas, quotes and line breaks, and counts lines as an editor does", async () => {
    const text = 'a,b\r\n"1,1","say ""hi"""\r\n\r\n"two\r\nlines",2\r\n3,3\r\n';
    expect(brief(await rowsOf(text))).toEqual([
      [1, "a|b"],
      [2, '1,1|say "hi"'],
      [4, "two\nlines|2"],
      [6, "3|3"],
    ]);
  });

  it("keeps every good row after a quote that is never closed", async () => {
    const rows = Array.from({ length: 3000 }, (_, n) => `${n},示例`).join("\n");
    const read = await rowsOf(`a,b\n"broken,1\n${rows}\n`);
    expect(read).toHaveLength(3002);
    expect(read[1]).toEqual({ line: 2, raw: '"broken,1', reason: "quotes-unbalanced" });
    expect(read.at(-1)).toEqual({ line: 3002, cells: ["2999", "示例"] });
  });

  it("does not take two stray quotes for one long cell", async () => {
    expect(brief(await rowsOf('a,b\n"x,1\n2,2\n3,3\ny",4,5\n6,6\n'))).toEqual([
      [1, "a|b"],
      [2, "quotes-unbalanced"],
      [3, "2|2"],
      [4, "3|3"],
      [5, "quotes-unbalanced"],
      [6, "6|6"],
    ]);
  });

  it("keeps back a row with misplaced quotes or another number of columns, and no other", async () => {
    expect(brief(await rowsOf('a,b\n示例"某某"公司,1\n"x"y,2\n1\n1,2,3\n1,2,,\n4,4\n'))).toEqual([
      [1, "a|b"],
      [2, "quotes-misplaced"],
      [3, "quotes-misplaced"],
      [4, "column-count"],
      [5, "column-count"],
      [6, "1|2"],
      [7, "4|4"],
    ]);
  });

  it("passes over rows without anything in them", async () => {
    expect(brief(await rowsOf("a,b\n,\n  \n , \n1,1\n"))).toEqual([
      [1, "a|b"],
      [5, "1|1"],
    ]);
  });

  it("keeps back a line past the limit, with the rows about it intact", async () => {
    expect(brief(await rowsOf(`a,b\n1,1\n${"x".repeat(200)},2\n3,3\n`, 100))).toEqual([
      [1, "a|b"],
      [2, "1|1"],
      [3, "row-too-long"],
      [4, "3|3"],
    ]);
  });

  const cell = fc.string({ unit: fc.constantFrom("a", "示", ",", '"', "\n", " ", "1"), maxLength: 8 });
  const row = fc.tuple(cell, cell, fc.constant("end"));
  const quoted = (cells: readonly string[]) =>
    cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(",");

  it("gives back any cells that were written, with the line each row begins on", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 400 }), async (rows) => {
        const all = [["a", "b", "c"], ...rows];
        let line = 1;
        const expected = all.map((cells) => {
          const at = line;
          line += cells.join("").split("\n").length;
          return { line: at, cells };
        });
        expect(await rowsOf(all.map((cells) => `${quoted(cells)}\n`).join(""))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("names exactly the broken lines among any good ones", async () => {
    const broken = fc.constantFrom('"never closed', 'x,"y', '"a"b,c,d', "1,2", "1,2,3,4");
    const oneLine = fc.constant('"a","说 ""好""","c"');
    const lines = fc.array(fc.oneof(oneLine, oneLine, broken), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(lines, async (texts) => {
        const rows = await rowsOf(`h1,h2,h3\n${texts.map((text) => `${text}\n`).join("")}`);
        expect(rows.map((read) => read.line)).toEqual([1, ...texts.map((_, at) => at + 2)]);
        const bad = rows.filter((read) => "reason" in read).map((read) => read.line);
        expect(bad).toEqual(texts.flatMap((text, at) => (text.startsWith('"a",') ? [] : [at + 2])));
      }),
    );
  });
});
