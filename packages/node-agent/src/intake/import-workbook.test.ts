import { readFileSync } from "node:fs";
import { composeCitizenId } from "@xinqiao/protocol/identity";
import ExcelJS from "exceljs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestIntake, type TestIntake, titles } from "./testing/intake.ts";
import { penaltyRow, testItem } from "./testing/rows.ts";
import { wideZip } from "./testing/wide-zip.ts";

const labelOf = new Map(testItem("penalty").fields.map(({ name, label }) => [name, label.zh]));

let intake: TestIntake;
beforeEach(() => {
  intake = openTestIntake();
});
afterEach(() => intake.close());

describe("importFile: Excel", () => {
  async function workbook(fill: (book: ExcelJS.Workbook) => void): Promise<string> {
    const book = new ExcelJS.Workbook();
    fill(book);
    const path = intake.folder.path("处罚.xlsx");
    await book.xlsx.writeFile(path);
    return path;
  }
  const cellsOf = (row: Record<string, string>) => titles.map((title) => row[title] ?? "");
  const place = (title: string) => titles.indexOf(title) + 1;

  it("reads text, date cells, numbers, styled text, links and formulas", async () => {
    const path = await workbook((book) => {
      const sheet = book.addWorksheet("处罚");
      sheet.addRow(titles.map((title) => labelOf.get(title)));
      const row = sheet.addRow(cellsOf(penaltyRow(1)));
      row.getCell(place("CF_JDRQ")).value = new Date(Date.UTC(2024, 0, 2));
      row.getCell(place("CF_GSJZQ")).value = 20270102;
      row.getCell(place("CF_NR_FK")).value = { formula: "0.1+0.2", result: 0.1 + 0.2 };
      row.getCell(place("CF_XDR_MC")).value = { richText: [{ text: "示例" }, { text: "有限公司" }] };
      row.getCell(place("CF_SJLY")).value = { text: "示例区示例局", hyperlink: "https://example.com/" };
    });
    const report = await intake.reportOf(path);
    expect(report).toMatchObject({ format: "xlsx", received: 1, accepted: 1 });
    expect(report).not.toHaveProperty("encoding");
    expect(intake.held(1)).toMatchObject([
      {
        subjectName: "示例有限公司",
        occurredOn: "2024-01-02",
        disclosedUntil: "2027-01-02",
        fields: { CF_NR_FK: "0.3", CF_SJLY: "示例区示例局" },
      },
    ]);
  });

  it.each([
    ["a table of shared texts", true],
    ["texts in the cells", false],
  ])("reads Chinese whole, out of %s", async (_, useSharedStrings) => {
    const filename = intake.folder.path("many.xlsx");
    const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename, useSharedStrings });
    const sheet = book.addWorksheet("处罚");
    sheet.addRow(titles).commit();
    for (let n = 0; n < 3000; n += 1)
      sheet.addRow(cellsOf(penaltyRow(n, { CF_SY: `示例事实${n}` }))).commit();
    await book.commit();
    expect(await intake.reportOf(filename)).toMatchObject({ received: 3000, accepted: 3000 });
    const facts = Array.from({ length: 3000 }, (_, n) => intake.held(n)[0]?.fields.CF_SY);
    expect(facts).toEqual(Array.from({ length: 3000 }, (_, n) => `示例事实${n}`));
  });

  it("names spreadsheet rows, and keeps back what the spreadsheet itself has spoilt", async () => {
    const person = composeCitizenId({ division: "440300", birth: "1990-03-07", sequence: 1 });
    const path = await workbook((book) => {
      const sheet = book.addWorksheet("处罚");
      sheet.addRow([...titles, "CF_XDR_ZJHM"]);
      sheet.addRow(cellsOf(penaltyRow(1)));
      sheet.addRow([]);
      sheet.addRow([...cellsOf(penaltyRow(2, { CF_XDR_SHXYM: "" })), Number(person.replace("X", "0"))]);
      const row = sheet.addRow(cellsOf(penaltyRow(3)));
      row.getCell(place("CF_SY")).value = { error: "#N/A" };
      row.getCell(place("CF_NR")).value = { formula: "A1" };
    });
    const report = await intake.reportOf(path);
    expect(report).toMatchObject({ received: 3, accepted: 1, quarantined: 2 });
    expect(report.rows).toEqual([
      { line: 4, reasons: [{ field: "CF_XDR_ZJHM", reason: "number-imprecise" }] },
      {
        line: 5,
        reasons: [
          { field: "CF_SY", reason: "cell-error" },
          { field: "CF_NR", reason: "cell-error" },
        ],
      },
    ]);
  });

  it("reads a workbook whose writer streamed it with sizes of 64 bits", async () => {
    const path = await workbook((book) => {
      const sheet = book.addWorksheet("处罚");
      sheet.addRow(titles);
      for (let n = 0; n < 50; n += 1) sheet.addRow(cellsOf(penaltyRow(n)));
    });
    expect(await intake.reportOf(intake.folder.file("wide.xlsx", await wideZip(path)))).toMatchObject({
      accepted: 50,
    });
  });

  it("takes in a damaged workbook's rows as they were, or none", async () => {
    const path = await workbook((book) => {
      const sheet = book.addWorksheet("处罚");
      sheet.addRow(titles);
      sheet.addRow(cellsOf(penaltyRow(1)));
    });
    const sound = readFileSync(path);
    await intake.reportOf(path);
    const place = fc.integer({ min: 4, max: sound.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(sound);
        bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
        const file = intake.folder.file("damaged.xlsx", bytes);
        if ((await intake.faultOf(file)) !== undefined) return;
        expect(await intake.reportOf(file)).toMatchObject({ received: 1, unchanged: 1 });
      }),
      { numRuns: 60 },
    );
    for (const length of [5, 100, 1000, sound.length - 1]) {
      expect(await intake.faultOf(intake.folder.file("cut.xlsx", sound.subarray(0, length)))).toBe(
        "import.workbook-damaged",
      );
    }
  });

  it("can be stopped in a workbook", async () => {
    const path = await workbook((book) => {
      const sheet = book.addWorksheet("处罚");
      sheet.addRow(titles);
      for (let n = 0; n < 1200; n += 1) sheet.addRow(cellsOf(penaltyRow(n)));
    });
    const stop = new AbortController();
    expect(await intake.faultOf(path, { signal: stop.signal, onProgress: () => stop.abort() })).toBe(
      "import.cancelled",
    );
    expect(await intake.reportOf(path)).toMatchObject({ accepted: 700, unchanged: 500 });
  });

  it("passes over a sheet of instructions, and says which sheets it has not read", async () => {
    const path = await workbook((book) => {
      book.addWorksheet("填报说明").addRow(["请按栏目填写"]);
      const sheet = book.addWorksheet("处罚");
      sheet.addRow(titles);
      sheet.addRow(cellsOf(penaltyRow(1)));
      const second = book.addWorksheet("更多");
      second.addRow(titles);
      second.addRow(cellsOf(penaltyRow(2)));
      book.addWorksheet("空白");
    });
    expect(await intake.reportOf(path)).toMatchObject({ accepted: 1, ignoredSheets: ["填报说明", "更多"] });
  });

  it("refuses a workbook without a header, and an old or encrypted one", async () => {
    const without = await workbook((book) => void book.addWorksheet("处罚").addRow(["甲", "乙"]));
    expect(await intake.faultOf(without)).toBe("import.item-not-recognised");
    const old = intake.folder.file("old.xls", Buffer.from("d0cf11e0a1b11ae1", "hex"));
    expect(await intake.faultOf(old)).toBe("import.old-excel");
  });
});
