import { describe, expect, it } from "vitest";
import { baseCatalogue, type Item } from "../catalogue/index.ts";
import {
  composeCitizenId,
  composeRegistrationNumber,
  composeUscc,
  jurisdictionSchema,
} from "../identity/index.ts";
import { isDisclosable } from "./disclosure.ts";
import { type RowContext, recordFromRow } from "./from-row.ts";
import { type CreditRecord, recordSchema } from "./record.ts";

const items = new Map<string, Item>(baseCatalogue().items.map((item) => [item.code, item]));
const itemOf = (code: string): Item => {
  const item = items.get(code);
  if (item === undefined) throw new Error(`the base catalogue has no ${code}`);
  return item;
};

const context: RowContext = {
  jurisdiction: jurisdictionSchema.parse("440306"),
  recordedAt: "2024-02-01T00:00:00Z",
};
const enterprise = composeUscc({ division: "440300", serial: "MADEMA01" });
const authority = composeUscc({ authority: "1", kind: "1", division: "440306", serial: "1" });
const person = composeCitizenId({ division: "440300", birth: "1990-03-07", sequence: 1 });
const old = composeRegistrationNumber({ registrar: "440301", sequence: "1" });

const penaltyRow = {
  CF_XDR_MC: "示例科技有限公司",
  CF_XDR_LB: "法人及非法人组织",
  CF_XDR_SHXYM: enterprise,
  CF_WSH: "示宝罚〔2024〕1号",
  CF_WFXW: "示例违法行为",
  CF_SY: "示例事实",
  CF_YJ: "示例依据",
  CF_CFLB: "罚款",
  CF_NR: "罚款人民币五千元",
  CF_NR_FK: "0.500000",
  CF_JDRQ: "2024/01/02",
  CF_YXQ: "2099/12/31",
  CF_GSJZQ: "20250102",
  CF_CFJG: "示例区示例局",
  CF_CFJGDM: authority,
  CF_SJLY: "示例区示例局",
  CF_SJLYDM: authority,
};

const faultsOf = (
  row: Record<string, string>,
  changes: Partial<RowContext> = {},
  item = itemOf("penalty"),
) => {
  const result = recordFromRow(item, row, { ...context, ...changes });
  return result.ok ? [] : result.error;
};

const recordOf = (row: Record<string, string>, code = "penalty"): CreditRecord => {
  const result = recordFromRow(itemOf(code), row, context);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

describe("recordFromRow", () => {
  it("makes a record in catalogue form", () => {
    const record = recordOf(penaltyRow);
    expect(record).toMatchObject({
      item: "penalty",
      subject: { kind: "enterprise", scheme: "uscc", id: enterprise },
      subjectName: "示例科技有限公司",
      jurisdiction: "440306",
      version: 1,
      state: "current",
      occurredOn: "2024-01-02",
      disclosedUntil: "2025-01-02",
      recordedAt: "2024-02-01T00:00:00Z",
      fields: { CF_NR_FK: "0.5", CF_YXQ: "2099-12-31" },
    });
    expect(recordSchema.parse(record)).toEqual(record);
  });

  it("reads 2099/12/31 as no end", () => {
    expect(recordOf(penaltyRow)).not.toHaveProperty("validUntil");
  });

  it("takes a person's number where there is no credit code, and a registration number last", () => {
    const { CF_XDR_SHXYM: _code, ...row } = penaltyRow;
    const ofPerson = { ...row, CF_XDR_ZJHM: person.toLowerCase(), CF_XDR_GSZC: old };
    const ofOldEnterprise = { ...row, CF_XDR_GSZC: old };
    expect(recordOf(ofPerson).subject).toEqual({ kind: "individual", scheme: "citizen-id", id: person });
    expect(recordOf(ofOldEnterprise).subject).toEqual({
      kind: "enterprise",
      scheme: "registration-number",
      id: old,
    });
  });

  it("never falls back from a wrong identifier to another", () => {
    const row = { ...penaltyRow, CF_XDR_SHXYM: "91350203M0001QAY9B", CF_XDR_ZJHM: person };
    expect(faultsOf(row)).toEqual([{ field: "CF_XDR_SHXYM", reason: "uscc.check-character" }]);
    expect(faultsOf(row, { exceptions: new Set(["91350203M0001QAY9B"]) })).toEqual([]);
  });

  it("never attaches a record by name alone", () => {
    const { CF_XDR_SHXYM: _code, ...row } = penaltyRow;
    expect(faultsOf(row)).toEqual([{ field: "CF_XDR_SHXYM", reason: "subject-missing" }]);
  });

  it("refuses a kind of subject that the item or the identifier does not cover", () => {
    expect(faultsOf(penaltyRow, { subjectKind: "individual" })).toEqual([
      { field: "CF_XDR_SHXYM", reason: "uscc.subject-kind" },
    ]);
    const enterprisesOnly: Item = { ...itemOf("penalty"), subjectKinds: ["public-institution"] };
    expect(faultsOf(penaltyRow, {}, enterprisesOnly)).toEqual([
      { field: "CF_XDR_SHXYM", reason: "subject-kind-not-covered" },
    ]);
    expect(faultsOf(penaltyRow, { subjectKind: "public-institution" }, enterprisesOnly)).toEqual([]);
  });

  it("reports the columns at fault", () => {
    expect(faultsOf({ ...penaltyRow, CF_WSH: "", CF_JDRQ: "2024-02-30" })).toEqual([
      { field: "CF_WSH", reason: "required" },
      { field: "CF_JDRQ", reason: "date-not-real" },
    ]);
  });

  it("reports them all at once, each column once, whose record it is among them", () => {
    const { CF_JDRQ: _day, ...row } = penaltyRow;
    const longName = "𠮷".repeat(200);
    const wrongCode = "91350203M0001QAY9B";
    expect(faultsOf({ ...row, CF_YXQ: "2024-02-30", CF_XDR_SHXYM: wrongCode, CF_XDR_MC: longName })).toEqual([
      { field: "CF_JDRQ", reason: "required" },
      { field: "CF_YXQ", reason: "date-not-real" },
      { field: "CF_XDR_SHXYM", reason: "uscc.check-character" },
      { field: "CF_XDR_MC", reason: "too-long" },
    ]);
    expect(faultsOf({ ...penaltyRow, CF_XDR_SHXYM: "", CF_WSH: "𠮷".repeat(100) })).toEqual([
      { field: "CF_XDR_SHXYM", reason: "subject-missing" },
      { field: "CF_WSH", reason: "too-long" },
    ]);
  });

  it("asks for no identifier where one is given that cannot be read", () => {
    const garbled = { ...penaltyRow, CF_XDR_SHXYM: "\u0000", CF_XDR_ZJHM: "1" };
    expect(faultsOf(garbled)).toEqual([{ field: "CF_XDR_SHXYM", reason: "text-malformed" }]);
    const { CF_XDR_SHXYM: _code, ...row } = penaltyRow;
    expect(recordFromRow(itemOf("penalty"), row, context, ["CF_XDR_SHXYM"])).toEqual({
      ok: false,
      error: [],
    });
  });

  it("refuses names and numbers that fit in code points but not on the wire", () => {
    expect(faultsOf({ ...penaltyRow, CF_WSH: "𠮷".repeat(100) })).toEqual([
      { field: "CF_WSH", reason: "too-long" },
    ]);
    expect(faultsOf({ ...penaltyRow, CF_XDR_MC: "𠮷".repeat(200) })).toEqual([
      { field: "CF_XDR_MC", reason: "too-long" },
    ]);
  });

  it("carries the version it is given", () => {
    expect(recordFromRow(itemOf("penalty"), penaltyRow, { ...context, version: 3 })).toMatchObject({
      value: { version: 3 },
    });
  });
});

describe("a record's id", () => {
  const idOf = (row: Record<string, string>) => recordOf(row).id;

  it("names item and document, stays the same on every import, and holds no identifier", () => {
    const id = idOf({ ...penaltyRow, CF_XDR_SHXYM: ` ${enterprise.toLowerCase()}`, CF_NR: "更正" });
    expect(id).toBe(idOf(penaltyRow));
    expect(id).toMatch(/^penalty:示宝罚〔2024〕1号:[0-9a-f]{12}$/);
    expect(id).not.toContain(enterprise);
  });

  it("tells the parties of one decision apart, and follows nobody to the next decision", () => {
    const other = composeUscc({ division: "440300", serial: "MADEMA02" });
    expect(idOf({ ...penaltyRow, CF_XDR_SHXYM: other })).not.toBe(idOf(penaltyRow));
    const [, , party] = idOf(penaltyRow).split(":");
    const [, , nextParty] = idOf({ ...penaltyRow, CF_WSH: "示宝罚〔2024〕2号" }).split(":");
    expect(nextParty).not.toBe(party);
  });
});

describe("a listing", () => {
  const row = {
    YC_ZTMC: "示例科技有限公司",
    YC_SHXYM: enterprise,
    YC_LRWSH: "示异列〔2024〕1号",
    YC_LRYY: "未按规定公示年度报告",
    YC_LRRQ: "2024-01-02",
    YC_LRJG: "示例区示例局",
    YC_LRJGDM: authority,
    YC_SJLY: "示例区示例局",
    YC_SJLYDM: authority,
  };

  it("has no end while it stands", () => {
    const record = recordOf(row, "abnormal-operation");
    expect(record).not.toHaveProperty("validUntil");
    expect(record).not.toHaveProperty("disclosedUntil");
  });

  it("is not disclosed from the day it is removed", () => {
    const record = recordOf({ ...row, YC_YCRQ: "2024-03-01" }, "abnormal-operation");
    expect(record).toMatchObject({ validUntil: "2024-02-29", disclosedUntil: "2024-02-29" });
    expect(isDisclosable(record, "2024-02-29")).toBe(true);
    expect(isDisclosable(record, "2024-03-01")).toBe(false);
  });

  it.each([
    ["2024-06-30", "2024-03-01", "2024-02-29"],
    ["2024-01-31", "2024-03-01", "2024-01-31"],
    ["2099/12/31", "2024-03-01", "2024-02-29"],
  ])("valid until %s and removed on %s was last valid on %s", (validUntil, removedOn, expected) => {
    const redRow = {
      HM_ZTMC: "示例科技有限公司",
      HM_SHXYM: enterprise,
      HM_MDMC: "示例红名单",
      HM_RDWSH: "示红〔2024〕1号",
      HM_LRYY: "示例原因",
      HM_LRYJ: "示例依据",
      HM_LRRQ: "2024-01-02",
      HM_LRJG: "示例区示例局",
      HM_LRJGDM: authority,
      HM_YXQ: validUntil,
      HM_YCRQ: removedOn,
      HM_SJLY: "示例区示例局",
      HM_SJLYDM: authority,
    };
    expect(recordOf(redRow, "red-list")).toMatchObject({ validUntil: expected });
  });
});
