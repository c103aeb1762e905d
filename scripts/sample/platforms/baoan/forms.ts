import type { SampleItem } from "../../data/index.ts";

/** A day, `YYYY-MM-DD` → as an office writes it. */
export type DayForm = (day: string) => string;
const slashed: DayForm = (day) => day.replaceAll("-", "/");
const packed: DayForm = (day) => day.replaceAll("-", "");
const dashed: DayForm = (day) => day;

export interface FileForm {
  readonly name: string;
  readonly form: "gb18030" | "utf-8-bom" | "utf-8" | "xlsx";
  readonly day: DayForm;
}

/** Each office sends what its own software writes. */
export const fileForms: Readonly<Record<SampleItem, FileForm>> = {
  registration: { name: "登记注册.csv", form: "utf-8", day: dashed },
  licence: { name: "行政许可.csv", form: "utf-8-bom", day: dashed },
  penalty: { name: "行政处罚.csv", form: "gb18030", day: slashed },
  "abnormal-operation": { name: "经营异常名录.csv", form: "utf-8", day: packed },
  "seriously-dishonest": { name: "严重失信主体名单.csv", form: "utf-8", day: slashed },
  "judgment-defaulter": { name: "失信被执行人.csv", form: "utf-8", day: dashed },
  "red-list": { name: "红名单.xlsx", form: "xlsx", day: slashed },
  commitment: { name: "信用承诺.csv", form: "utf-8", day: packed },
  "tax-credit": { name: "纳税信用.csv", form: "utf-8", day: dashed },
};
