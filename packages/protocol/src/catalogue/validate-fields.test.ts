import { describe, expect, it } from "vitest";
import { type Item, itemSchema } from "./item.ts";
import { unlistedColumns, validateFields } from "./validate-fields.ts";

const label = { zh: "列", en: "Column" };
const field = { required: false, masking: "none", label } as const;
const item: Item = itemSchema.parse({
  code: "sample",
  class: "示例",
  name: label,
  subjectKinds: ["enterprise"],
  disclosure: "public",
  shareScope: [],
  retentionYears: 1,
  source: label,
  updateFrequency: "每日",
  fields: [
    { ...field, name: "NAME", type: "text", required: true, maxLength: 4 },
    { ...field, name: "CODE", type: "identifier", minLength: 3, maxLength: 18 },
    { ...field, name: "ON", type: "date" },
    { ...field, name: "SUM", type: "amount" },
    { ...field, name: "YEAR", type: "integer", minLength: 4, maxLength: 4 },
    { ...field, name: "STATE", type: "code", values: ["有效", "无效"] },
    { ...field, name: "OPEN", type: "code" },
  ],
  columns: { subjectName: "NAME", documentNumber: "CODE", occurredOn: "ON" },
});

const refusal = (row: Record<string, string>) => {
  const result = validateFields(item, row);
  return result.ok ? [] : result.error;
};

describe("validateFields", () => {
  it("brings every type into catalogue form and leaves empty columns out", () => {
    const row = {
      NAME: " 示例 ",
      CODE: "ａbc\t",
      ON: "2024/01/02",
      SUM: "1.500000",
      YEAR: "2024",
      STATE: "有效",
      OPEN: "　",
    };
    expect(validateFields(item, row)).toEqual({
      ok: true,
      value: { NAME: "示例", CODE: "ABC", ON: "2024-01-02", SUM: "1.5", YEAR: "2024", STATE: "有效" },
    });
  });

  it("keeps 2099/12/31 as a day", () => {
    expect(validateFields(item, { NAME: "示例", ON: "2099/12/31" })).toMatchObject({
      value: { ON: "2099-12-31" },
    });
  });

  it.each([
    [{}, "NAME", "required"],
    [{ NAME: " \u3000" }, "NAME", "required"],
    [{ NAME: "示例示例示" }, "NAME", "too-long"],
    [{ NAME: "示例", CODE: "AB" }, "CODE", "too-short"],
    [{ NAME: "示例", ON: "2024-02-30" }, "ON", "date-not-real"],
    [{ NAME: "示例", ON: "明天" }, "ON", "date-format"],
    [{ NAME: "示例", SUM: "1,5" }, "SUM", "amount-format"],
    [{ NAME: "示例", SUM: "0.1234567" }, "SUM", "amount-too-precise"],
    [{ NAME: "示例", YEAR: "24.0" }, "YEAR", "integer-format"],
    [{ NAME: "示例", YEAR: "-2024" }, "YEAR", "integer-format"],
    [{ NAME: "示例", YEAR: "24" }, "YEAR", "too-short"],
    [{ NAME: "示例", STATE: "有" }, "STATE", "code-not-listed"],
    [{ NAME: "示\u0000例" }, "NAME", "text-malformed"],
    [{ NAME: "示\uD800" }, "NAME", "text-malformed"],
    [{ NAME: "示\uFFFD" }, "NAME", "text-malformed"],
  ])("refuses %j: %s is %s", (row, name, reason) => {
    expect(refusal(row)).toEqual([{ field: name, reason }]);
  });

  it("counts code points, not UTF-16 units", () => {
    expect(validateFields(item, { NAME: "𠮷𠮷𠮷𠮷" }).ok).toBe(true);
  });

  it("keeps line breaks and tabs inside a text", () => {
    expect(validateFields(item, { NAME: "示\n\t例" })).toMatchObject({ value: { NAME: "示\n\t例" } });
  });

  it("names every column at fault, and no value", () => {
    const secret = "11010519491231002X";
    const faults = refusal({ NAME: secret, ON: secret, SUM: secret, YEAR: secret, STATE: secret });
    expect(faults.map((fault) => fault.field)).toEqual(["NAME", "ON", "SUM", "YEAR", "STATE"]);
    expect(JSON.stringify(faults)).not.toContain(secret);
  });

  it("takes in no column that the catalogue does not list", () => {
    const row = { NAME: "示例", PHONE: "13800000000" };
    expect(validateFields(item, row)).toEqual({ ok: true, value: { NAME: "示例" } });
    expect(unlistedColumns(item, Object.keys(row))).toEqual(["PHONE"]);
  });
});
