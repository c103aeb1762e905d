import type { SampleItem, SampleRecord } from "../../data/index.ts";
import { type Naming, type PlatformTable, platformTable } from "../table.ts";

export const databaseFile = "credit.db";

/** Longgang's platform names everything by the first letters of its pinyin. */
const naming: Naming = {
  roles: {
    subjectName: "ztmc",
    uscc: "tyshxydm",
    citizenId: "zjhm",
    registrationNumber: "gszch",
    documentNumber: "wsh",
    occurredOn: "rq",
    validUntil: "yxjzrq",
    disclosedUntil: "gsjzrq",
    removedOn: "ycmdrq",
    sourceUnit: "sjlydw",
    sourceUnitCode: "sjlydwdm",
  },
  other: (national) => national.replace(/^(?:XK|CF|DJ|YC|YZ|SX|HM|CN|NS)_/, "").toLowerCase(),
};

const tableNames: Readonly<Record<SampleItem, string>> = {
  registration: "t_djzc",
  licence: "t_xzxk",
  penalty: "t_xzcf",
  "abnormal-operation": "t_jyycml",
  "seriously-dishonest": "t_yzsxzt",
  "judgment-defaulter": "t_sxbzxr",
  "red-list": "t_hmd",
  commitment: "t_xycn",
  "tax-credit": "t_nsxy",
};

export const longgangTable = (item: SampleItem): PlatformTable =>
  platformTable(item, tableNames[item], naming);

/** 数据状态. */
export const stateColumn = "sjzt";
export const stateValues: Readonly<Record<SampleRecord["state"], string>> = {
  current: "1",
  annotated: "2",
  repaired: "3",
  withdrawn: "9",
};
