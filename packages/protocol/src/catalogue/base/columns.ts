import type { z } from "zod";
import type { fieldSchema, fieldTypes, itemSchema } from "../item.ts";

/** An item as data, before its codes are parsed. */
export type ItemData = z.input<typeof itemSchema>;
type FieldData = z.input<typeof fieldSchema>;
type Options = Partial<Pick<FieldData, "required" | "minLength" | "maxLength" | "masking">>;

export const required = { required: true } as const;

const column =
  (type: (typeof fieldTypes)[number]) =>
  (name: string, zh: string, en: string, options: Options = {}): FieldData => ({
    name,
    type,
    required: false,
    masking: "none",
    label: { zh, en },
    ...options,
  });

export const text = column("text");
export const day = column("date");
export const amount = column("amount");
export const integer = column("integer");
export const identifier = column("identifier");

export function code(
  name: string,
  zh: string,
  en: string,
  values: readonly string[],
  options: Options = {},
): FieldData {
  return { ...column("code")(name, zh, en, options), values: [...values] };
}

/** Names of parties, units and courts: up to 200 characters, as the national file rules say. */
export const nameLength = 200;
export const named = { required: true, maxLength: nameLength } as const;
/** Document numbers: short enough to be part of a record's id. */
export const numbered = { required: true, maxLength: 100 } as const;

/** A person's identity document: kind and number. */
export function personDocument(prefix: string): FieldData[] {
  return [
    text(`${prefix}_ZJLX`, "证件类型", "Identity document type", { maxLength: 64 }),
    identifier(`${prefix}_ZJHM`, "证件号码", "Identity document number", {
      maxLength: 64,
      masking: "identifier",
    }),
  ];
}

/** The party block (行政相对人) of the national licence and penalty files. */
export function partyColumns(prefix: "XK" | "CF"): FieldData[] {
  const party = `${prefix}_XDR`;
  return [
    text(`${party}_MC`, "行政相对人名称", "Party", { ...named, masking: "name" }),
    code(
      `${party}_LB`,
      "行政相对人类别",
      "Party category",
      ["法人及非法人组织", "自然人", "个体工商户"],
      required,
    ),
    identifier(`${party}_SHXYM`, "统一社会信用代码", "Unified social credit code", { maxLength: 18 }),
    identifier(`${party}_GSZC`, "工商注册号", "Registration number", { maxLength: 50 }),
    identifier(`${party}_ZZJG`, "组织机构代码", "Organisation code", { maxLength: 64 }),
    identifier(`${party}_SWDJ`, "税务登记号", "Tax registration number", { maxLength: 64 }),
    identifier(`${party}_SYDW`, "事业单位证书号", "Public institution certificate number", { maxLength: 64 }),
    identifier(`${party}_SHZZ`, "社会组织登记证号", "Social organisation certificate number", {
      maxLength: 64,
    }),
    text(`${prefix}_FRDB`, "法定代表人", "Legal representative", { maxLength: nameLength, masking: "name" }),
    text(`${prefix}_FR_ZJLX`, "法定代表人证件类型", "Legal representative's document type", {
      maxLength: 64,
    }),
    identifier(`${prefix}_FR_SFZH`, "法定代表人证件号码", "Legal representative's document number", {
      maxLength: 64,
      masking: "identifier",
    }),
    ...personDocument(party),
  ];
}

/** Column roles of the party block. */
export function partyRoles(prefix: "XK" | "CF") {
  const party = `${prefix}_XDR`;
  return {
    subjectName: `${party}_MC`,
    uscc: `${party}_SHXYM`,
    citizenId: `${party}_ZJHM`,
    registrationNumber: `${party}_GSZC`,
  };
}

/**
 * The subject block of the items that have no national file of their own: the same suffixes (MC name,
 * SHXYM credit code, GSZC registration number, FRDB representative) behind the item's own prefix, with
 * ZT 主体 in place of XDR 行政相对人, because nobody has decided anything about these subjects.
 */
export function subjectColumns(prefix: string): FieldData[] {
  return [
    text(`${prefix}_ZTMC`, "主体名称", "Subject", { ...named, masking: "name" }),
    identifier(`${prefix}_SHXYM`, "统一社会信用代码", "Unified social credit code", { maxLength: 18 }),
    identifier(`${prefix}_GSZC`, "工商注册号", "Registration number", { maxLength: 50 }),
    text(`${prefix}_FRDB`, "法定代表人", "Legal representative", { maxLength: nameLength, masking: "name" }),
  ];
}

export function subjectRoles(prefix: string) {
  return {
    subjectName: `${prefix}_ZTMC`,
    uscc: `${prefix}_SHXYM`,
    registrationNumber: `${prefix}_GSZC`,
  };
}

/** An office with its own credit code. */
export function unit(name: string, zh: string, en: string): FieldData[] {
  return [
    text(name, zh, en, named),
    identifier(`${name}DM`, `${zh}统一社会信用代码`, `${en}: credit code`, { required: true, maxLength: 18 }),
  ];
}

/** Who reported the row, and its remarks: the tail of every national file. */
export function sourceColumns(prefix: string): FieldData[] {
  return [...unit(`${prefix}_SJLY`, "数据来源单位", "Source unit"), text("BZ", "备注", "Remarks")];
}

export function sourceRoles(prefix: string) {
  return { sourceUnit: `${prefix}_SJLY`, sourceUnitCode: `${prefix}_SJLYDM` };
}

export const organisations: ItemData["subjectKinds"] = [
  "enterprise",
  "public-institution",
  "social-organisation",
];
export const everyone: ItemData["subjectKinds"] = [...organisations, "individual"];
