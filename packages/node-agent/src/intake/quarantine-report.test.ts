import { readFileSync, statSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentStore, openStore } from "../store/index.ts";
import { importFile } from "./import-file.ts";
import { writeQuarantineReport } from "./quarantine-report.ts";
import { type TestFolder, testFolder } from "./testing/folder.ts";
import { csvText, penaltyRow, testCatalogue, testItem, testJurisdiction, testUscc } from "./testing/rows.ts";

let folder: TestFolder;
let store: AgentStore;

beforeEach(() => {
  folder = testFolder();
  store = openStore(folder.path("store.db"));
});

afterEach(() => {
  store.close();
  folder[Symbol.dispose]();
});

async function reportOf(rows: readonly Record<string, string>[]): Promise<string[][]> {
  const options = { store, catalogue: testCatalogue, jurisdiction: testJurisdiction, now: () => 0 };
  const report = await importFile(folder.file("a.csv", csvText(rows)), options);
  if (!report.ok) throw new Error(report.error.code);
  const path = folder.path("report.csv");
  const written = await writeQuarantineReport(path, {
    store,
    ...report.value,
    item: testItem("penalty"),
  });
  expect(written).toBe(report.value.quarantined);
  const text = readFileSync(path, "utf8");
  expect(text.startsWith("\uFEFF")).toBe(true);
  return parse(text, { bom: true, relax_column_count: true });
}

describe("writeQuarantineReport", () => {
  it("gives line, every column at fault and why in both languages, and the row as it was sent under its own headings", async () => {
    const bad = penaltyRow(2, {
      CF_JDRQ: "昨天",
      CF_XDR_SHXYM: testUscc(2).slice(0, 17),
      CF_SY: '说"好",\n第二行',
    });
    const lines = await reportOf([penaltyRow(1), { ...bad, CF_WSH: "" }, penaltyRow(3)]);
    expect(lines).toEqual([
      ["行号 line", "栏目 column", "原因", "reason", ...Object.keys(bad)],
      [
        "3",
        "CF_WSH 行政处罚决定书文号\nCF_JDRQ 处罚决定日期\nCF_XDR_SHXYM 统一社会信用代码",
        "必填项为空\n日期格式应为 2024-01-02、2024/01/02 或 20240102\n统一社会信用代码长度错误",
        "required, but empty\na date is written 2024-01-02, 2024/01/02 or 20240102\nunified social credit code: wrong length",
        ...Object.values({ ...bad, CF_WSH: "" }),
      ],
    ]);
  });

  it("puts an identifier's fault in words", async () => {
    const [, line] = await reportOf([penaltyRow(1, { CF_XDR_SHXYM: testUscc(1).slice(0, 17) })]);
    expect(line?.slice(1, 4)).toEqual([
      "CF_XDR_SHXYM 统一社会信用代码",
      "统一社会信用代码长度错误",
      "unified social credit code: wrong length",
    ]);
  });

  it.each(["=HYPERLINK(0)", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\n=1"])(
    "lets no spreadsheet run %j",
    async (formula) => {
      const lines = await reportOf([penaltyRow(1, { CF_XDR_MC: formula, CF_JDRQ: "昨天" })]);
      expect(lines[1]?.[4]).toBe(`'${formula}`);
    },
  );

  it("keeps to its owner, and to its own file", async () => {
    await reportOf([penaltyRow(1, { CF_JDRQ: "昨天" })]);
    const path = folder.path("report.csv");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(
      writeQuarantineReport(path, { store, import: 1, item: testItem("penalty"), titles: [] }),
    ).rejects.toMatchObject({ code: "EEXIST" });
  });
});
