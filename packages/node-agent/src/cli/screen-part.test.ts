import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ExcelJS from "exceljs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { batchesOf, surveyOf } from "./screen-list.ts";
import { openPart } from "./screen-part.ts";

let folder: string;
let out: string;
const counts = { screened: 1, hits: 1, unanswered: 0, invalid: 0 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-screen-"));
  out = join(folder, "hits.csv");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("what a screening has done so far", () => {
  it("is gone on with by the same command, and becomes one file in the order of the list", async () => {
    const begun = openPart(out, "task");
    expect([begun.line, begun.counts.screened]).toEqual([0, 0]);
    begun.keep(10, counts, [["a", "1"]]);
    begun.close();
    const again = openPart(out, "task");
    expect([again.line, again.counts]).toEqual([10, counts]);
    again.keep(20, { ...counts, screened: 2 }, [
      ["b", "2"],
      ["c", "x,y"],
    ]);
    await again.finish(out, ["head", "number"]);
    expect(readFileSync(out, "utf8")).toBe('\uFEFFhead,number\r\na,1\r\nb,2\r\nc,"x,y"\r\n');
    expect(readdirSync(folder)).toEqual(["hits.csv"]);
  });

  it("becomes an Excel file where the name says so, in which a long number stays as it is", async () => {
    const file = join(folder, "hits.xlsx");
    const begun = openPart(file, "task");
    const number = "440524188001010014";
    begun.keep(10, counts, [["1", number]]);
    await begun.finish(file, ["行号 line", "标识 identifier"]);
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(file);
    const sheet = book.getWorksheet("命中 hits");
    expect(sheet?.getRow(1).values).toEqual([undefined, "行号 line", "标识 identifier"]);
    expect(sheet?.getRow(2).values).toEqual([undefined, "1", number]);
    expect(readdirSync(folder)).toEqual(["hits.xlsx"]);
  });

  it("is no part of another list's", () => {
    const begun = openPart(out, "task");
    begun.keep(10, counts, [["a", "1"]]);
    begun.close();
    expect(() => openPart(out, "other")).toThrow("another list");
    expect(() => openPart(out, "other"), "nobody holds it").toThrow("another list");
  });

  it("is written by one process at a time", () => {
    const begun = openPart(out, "task");
    expect(() => openPart(out, "task")).toThrow("another process");
    begun.close();
    openPart(out, "task").close();
  });

  it("is not there while nothing was answered: what was refused leaves nothing behind", () => {
    openPart(out, "task").close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is not put in the place of a file that has come meanwhile, and stays", async () => {
    const begun = openPart(out, "task");
    begun.keep(10, counts, [["a", "1"]]);
    writeFileSync(out, "another's");
    await expect(begun.finish(out, ["head"])).rejects.toThrow("is there already");
    begun.close();
    expect(readFileSync(out, "utf8")).toBe("another's");
    expect(openPart(`${out}`, "task").line).toBe(10);
  });
});

describe("a list", () => {
  it("is read behind a line, so many identifiers at a time, with empty lines counted and without the mark of its encoding", async () => {
    const file = join(folder, "list.txt");
    writeFileSync(file, "\uFEFFa\r\n\r\nb\r\nc\r\nd");
    const read = async (after: number) => {
      const batches: string[] = [];
      for await (const batch of batchesOf(file, after, 2))
        batches.push(batch.map(({ number, id }) => `${number}${id}`).join());
      return batches;
    };
    expect(await read(0)).toEqual(["1a,3b", "4c,5d"]);
    expect(await read(3)).toEqual(["4c,5d"]);
    expect(await surveyOf(file)).toMatchObject({ lines: 5 });
  });

  it("is no workbook", async () => {
    const file = join(folder, "list.xlsx");
    writeFileSync(file, Buffer.from([0x50, 0x4b, 3, 4, 0, 0]));
    await expect(surveyOf(file)).rejects.toThrow("is no text");
  });
});
