import { Readable } from "node:stream";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { testItem, testRecord } from "@xinqiao/protocol/testing";
import { createWorkingDays, officialDays } from "@xinqiao/runtime/calendar";
import ExcelJS from "exceljs";
import { describe, expect, it } from "vitest";
import { scoreCsv, scoreOf, scoreText, scoreWorkbook } from "./index.ts";

const workingDayAfter = createWorkingDays(officialDays());
const penalty = itemCodeSchema.parse("penalty");
const rules = [
  { from: "2016-01-01", items: [penalty], workingDays: 7 },
  { from: "2026-06-01", items: [penalty], workingDays: 3 },
];
const judge = (occurredOn: string, today: string, isFirst = true) =>
  scoreOf(testRecord({ occurredOn }), testItem({}), { rules, workingDayAfter, today, isFirst });

describe("a record that is told", () => {
  it.each([
    ["2026-03-02", "2026-03-11", 1, "seven working days, a weekend between"],
    ["2026-03-02", "2026-03-12", 0, "the eighth"],
    // 02-13 Friday, 02-14 worked, 15–23 Spring Festival, 24–27, 28 (a Saturday) worked, 03-02.
    ["2026-02-13", "2026-03-02", 1, "the Spring Festival and the days worked in its stead"],
    ["2026-02-13", "2026-03-03", 0, "a day behind them"],
    ["2026-06-01", "2026-06-04", 1, "the rule in force when it was decided"],
    ["2026-06-01", "2026-06-05", 0, "the rule in force when it was decided, too late"],
  ])("decided on %s and told on %s counts %i as timely: %s", (occurredOn, today, timely) => {
    expect(judge(occurredOn, today)).toMatchObject({ told: 1, judged: 1, timely });
  });

  it("is judged once: its later versions and what no rule is for are not", () => {
    expect(judge("2026-03-02", "2026-12-31", false)).toMatchObject({ told: 1, judged: 0, timely: 0 });
    expect(judge("2015-12-31", "2026-12-31")).toMatchObject({ judged: 0 });
  });

  it("counts the fields that it has of those that it may have, and none when it is no longer disclosed", () => {
    const item = testItem({});
    const { required, requiredFilled, optional, optionalFilled } = judge("2026-03-02", "2026-03-03");
    expect(required + optional).toBe(item.fields.length);
    expect(requiredFilled + optionalFilled).toBe(Object.keys(testRecord().fields).length);
    const gone = scoreOf(testRecord({ state: "repaired", fields: {} }), item, {
      rules,
      workingDayAfter,
      today: "2026-03-03",
      isFirst: true,
    });
    expect(gone).toMatchObject({ told: 1, judged: 0, required: 0, optional: 0 });
  });
});

it("is shown in percent, and as a file that Excel opens", () => {
  const line = {
    ...{ source: nodeIdSchema.parse("dg"), month: "2026-03", told: 9, refused: 1, judged: 8, timely: 6 },
    ...{ required: 9, requiredFilled: 9, optional: 0, optionalFilled: 0 },
    ...{ keptBack: 10, corrections: 2, completed: 1, late: 1, hoursUntilKnown: 0.5, hours: 1.5 },
  };
  const cells = [
    "dg",
    "2026-03",
    "9",
    "1",
    "10.0",
    "10",
    "50.0",
    "8",
    "6",
    "75.0",
    "100.0",
    "-",
    "2",
    "1",
    "1",
    "0.5",
    "1.5",
  ];
  const shown = scoreText([line]).split("\n").at(-2)?.split("│").slice(1, -1);
  expect(shown?.map((cell) => cell.trim())).toEqual(cells);
  expect(scoreCsv([line])).toMatch(/^\uFEFF来源 source,/);
  expect(scoreCsv([line])).toContain(`${cells.join(",")}\r\n`);
});

it("is an Excel file with numbers that can be reckoned with, and the rules it was judged by", async () => {
  const line = {
    ...{ source: nodeIdSchema.parse("dg"), month: "2026-03", told: 9, refused: 1, judged: 8, timely: 6 },
    ...{ required: 9, requiredFilled: 9, optional: 0, optionalFilled: 0 },
    ...{ keptBack: 10, corrections: 2, completed: 1, late: 1, hoursUntilKnown: null, hours: null },
  };
  const book = new ExcelJS.Workbook();
  // Of exceljs 4.4: its type of a buffer is not Node's.
  await book.xlsx.read(Readable.from([await scoreWorkbook([line], rules, 0)]));
  const [sheet, judgedBy] = book.worksheets;
  const cells = sheet?.getRow(2).values;
  expect(cells).toEqual([undefined, "dg", "2026-03", 9, 1, 0.1, 10, 0.5, 8, 6, 0.75, 1, undefined, 2, 1, 1]);
  expect(sheet?.getCell("E2").numFmt).toBe("0.0%");
  expect(judgedBy?.getRow(3).values).toEqual([undefined, "2026-06-01", "penalty", 3]);
});
