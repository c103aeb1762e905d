import { describe, expect, it } from "vitest";
import { readHeader, resemblesHeader } from "./header.ts";
import { listingRow, penaltyRow, testCatalogue, testItem } from "./testing/rows.ts";

const items = [...testCatalogue.items.values()];
const codes = Object.keys(penaltyRow(1));
const labelOf = new Map(testItem("penalty").fields.map(({ name, label }) => [name, label.zh]));
const labels = codes.map((code) => labelOf.get(code) ?? "");

const faultOf = (titles: readonly string[], among = items) => {
  const header = readHeader(titles, among);
  return header.ok ? undefined : header.error;
};

describe("readHeader", () => {
  it.each([
    ["national codes", codes],
    ["Chinese labels", labels],
    ["codes in lower case with blanks", codes.map((code) => ` ${code.toLowerCase()} `)],
    [
      "labels with asterisks and full-width brackets",
      labels.map((label) => `${label.replace("(", "（").replace(")", "）")}*`),
    ],
  ])("tells the item by %s", (_, titles) => {
    const header = readHeader(titles, items);
    expect(header).toMatchObject({ ok: true, value: { item: { code: "penalty" }, unknown: [] } });
  });

  it("knows each column's place, in any order", () => {
    const titles = codes.toReversed();
    const header = readHeader(titles, items);
    expect(header.ok && [...header.value.places]).toEqual(titles.map((title, place) => [title, place]));
  });

  it("tells every item of the base catalogue by its own columns, in either language", () => {
    for (const item of items) {
      for (const titles of [item.fields.map(({ name }) => name), item.fields.map(({ label }) => label.zh)]) {
        const header = readHeader(titles, items);
        expect(header).toMatchObject({ ok: true, value: { item: { code: item.code }, unknown: [] } });
      }
    }
  });

  it("names the columns it does not know", () => {
    expect(readHeader([...codes, "内部编号", ""], items)).toMatchObject({ value: { unknown: ["内部编号"] } });
  });

  it("names every required column that is missing, and the identifiers when there is none", () => {
    const without = codes.filter((code) => !["CF_WSH", "CF_JDRQ", "CF_XDR_SHXYM"].includes(code));
    expect(faultOf(without)).toMatchObject({
      code: "import.columns-missing",
      item: { code: "penalty" },
      columns: [
        "CF_WSH 行政处罚决定书文号",
        "CF_JDRQ 处罚决定日期",
        "CF_XDR_SHXYM 统一社会信用代码 / CF_XDR_GSZC 工商注册号 / CF_XDR_ZJHM 证件号码",
      ],
    });
  });

  it("holds a named item to its own columns", () => {
    const fault = faultOf(Object.keys(listingRow(1)), [testItem("penalty")]);
    expect(fault).toMatchObject({ code: "import.columns-missing", item: { code: "penalty" } });
  });

  it("refuses a column that appears twice, in whatever language", () => {
    expect(faultOf([...codes, "行政处罚决定书文号"])).toMatchObject({
      code: "import.columns-repeated",
      columns: ["CF_WSH 行政处罚决定书文号"],
    });
  });

  it("does not guess between items, nor without any", () => {
    const item = testItem("penalty");
    expect(faultOf(codes, [item, item])).toMatchObject({ code: "import.item-ambiguous" });
    expect(faultOf(["甲", "乙"])).toEqual({ code: "import.item-not-recognised" });
    expect(faultOf([])).toEqual({ code: "import.item-not-recognised" });
  });
});

describe("resemblesHeader", () => {
  it("asks for two columns of one item", () => {
    expect(resemblesHeader(["行政处罚决定书文号", "处罚决定日期"], items)).toBe(true);
    expect(resemblesHeader(["备注", "填报说明"], items)).toBe(false);
  });
});
