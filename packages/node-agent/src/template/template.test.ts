import { writeFileSync } from "node:fs";
import { baseCatalogue } from "@xinqiao/protocol/catalogue";
import ExcelJS from "exceljs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestIntake, type TestIntake } from "../intake/testing/intake.ts";
import { penaltyRow, testItem, testUscc } from "../intake/testing/rows.ts";
import { readDirectory, unpack } from "../intake/zip.ts";
import { templateOf } from "./template.ts";

let intake: TestIntake;
beforeEach(() => {
  intake = openTestIntake();
});
afterEach(() => intake.close());

/** The template, written to a file and opened again. */
async function open(code: string) {
  const path = intake.folder.path(`${code}.xlsx`);
  writeFileSync(path, await templateOf(testItem(code), 7, 0));
  const book = new ExcelJS.Workbook();
  // Rules are whole columns, of which exceljs would make a cell each.
  await book.xlsx.readFile(path, { ignoreNodes: ["dataValidations"] });
  const [data, guide, values] = book.worksheets;
  if (data === undefined || guide === undefined) throw new Error("a sheet is missing");
  const places = new Map(testItem(code).fields.map(({ name }, at) => [name, at + 1]));
  const cell = (name: string, row = 1) => data.getCell(row, places.get(name) ?? 0);
  return { path, book, data, guide, values, cell };
}

/** The rules of the first sheet, as they stand in the file. */
async function rulesOf(path: string): Promise<string[]> {
  const sheet = (await readDirectory(path))?.find(({ name }) => name === "xl/worksheets/sheet1.xml");
  if (sheet === undefined) throw new Error("no sheet");
  const parts: Buffer[] = [];
  for await (const part of unpack(path, sheet)) parts.push(part);
  return Buffer.concat(parts).toString("utf8").split("<dataValidation ").slice(1);
}

const codes = baseCatalogue().items.map(({ code }) => code);

/** A value of each column, as a person types it: dates and numbers as such, the rest as text. */
function typed(code: string): unknown[] {
  return testItem(code).fields.map(({ name, type, values, minLength, maxLength, required }) => {
    if (code === "penalty") return penaltyRow(1)[name] ?? "";
    if (name === testItem(code).columns.uscc) return testUscc(1);
    if (!required) return "";
    if (type === "date") return new Date(Date.UTC(2024, 0, 2));
    if (type === "amount") return 0.5;
    if (type === "integer") return 3 * 10 ** ((minLength ?? 1) - 1);
    if (type === "identifier") return testUscc(2);
    return values?.[0] ?? "示例".padEnd(minLength ?? 0, "例").slice(0, maxLength);
  });
}

describe.each(codes)("the template of %s", (code) => {
  it("filled in with a row is taken in, every column of it known", async () => {
    const { path, book, data } = await open(code);
    data.addRow(typed(code));
    await book.xlsx.writeFile(path);
    expect(await intake.reportOf(path)).toMatchObject({
      item: code,
      received: 1,
      accepted: 1,
      unknownColumns: [],
      rows: [],
    });
  });
});

it("left as it is says that there is nothing", async () => {
  const { path } = await open("penalty");
  expect(await intake.reportOf(path)).toMatchObject({ item: "penalty", received: 0 });
});

describe("the sheet to fill in", () => {
  it("has the national columns, those that are required marked, with labels in both languages beside them", async () => {
    const { data, cell } = await open("penalty");
    const titles = testItem("penalty").fields.map(({ name, required }) => (required ? `${name}*` : name));
    expect(data.getRow(1).values).toEqual([undefined, ...titles]);
    expect(JSON.stringify(cell("CF_JDRQ").note)).toContain("处罚决定日期 · Decided on\\n必填 · required");
    expect(JSON.stringify(cell("CF_GSJZQ").note)).toContain("长期填 2099-12-31");
    expect(JSON.stringify(cell("CF_XDR_SHXYM").note)).toContain("至少填一项");
  });

  it("keeps identifiers as text, days as days, amounts as amounts", async () => {
    const { data, cell } = await open("penalty");
    const formatOf = (name: string) => data.getColumn(cell(name).col).numFmt;
    expect(formatOf("CF_XDR_SHXYM")).toBe("@");
    expect(formatOf("CF_JDRQ")).toBe("yyyy-mm-dd");
    expect(formatOf("CF_NR_FK")).toBe("0.00####");
  });

  it("offers a column's values as a list, in every row, and refuses others", async () => {
    const { path, values } = await open("utility-payment");
    expect(values?.getColumn(2).values).toEqual([undefined, "GY_JFZT 缴费状态", "已缴", "欠费"]);
    const place = testItem("utility-payment").fields.findIndex(({ name }) => name === "GY_JFZT");
    const letter = String.fromCharCode(65 + place);
    const rule = (await rulesOf(path)).find((text) => text.includes(`sqref="${letter}2:${letter}1048576"`));
    expect(rule).toContain('type="list"');
    expect(rule).toContain('errorStyle="stop"');
    expect(rule).toMatch(/<formula1>(?:'|&apos;)取值 values(?:'|&apos;)!\$B\$2:\$B\$3<\/formula1>/);
  });
});

it("explains every column on a sheet of its own", async () => {
  const { guide } = await open("penalty");
  const rows = new Map<string, string[]>();
  guide.eachRow((row) => {
    const cells = Array.from({ length: 8 }, (_, at) => row.getCell(at + 1).text);
    rows.set(cells[0] ?? "", cells);
  });
  for (const { name, label } of testItem("penalty").fields)
    expect(rows.get(name)?.slice(1, 3)).toEqual([label.zh, label.en]);
  expect(rows.get("CF_WSH")?.slice(3, 6)).toEqual(["必填 yes", "文本 · text", "≤ 100"]);
  expect(rows.get("CF_XDR_LB")?.[6]).toBe("法人及非法人组织、自然人、个体工商户");
  expect([...rows.keys()][0]).toContain("目录版本 catalogue version 7");
});
