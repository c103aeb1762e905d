import type { FieldReason, Label } from "@xinqiao/protocol/catalogue";
import type { IdentityFault } from "@xinqiao/protocol/identity";
import type { CellReason } from "../row/index.ts";
import type { LineReason } from "./source-row.ts";

type IdentifierReason = `${IdentityFault["scheme"]}.${IdentityFault["reason"]}`;
type PlainReason =
  | Exclude<FieldReason, IdentifierReason>
  | CellReason
  | LineReason
  | "conflicts-with-earlier-row"
  | "conflicts-with-other-row"
  | "state-not-mapped"
  | "key-missing";

const plain: Readonly<Record<PlainReason, Label>> = {
  required: { zh: "必填项为空", en: "required, but empty" },
  "too-short": { zh: "长度不足", en: "too short" },
  "too-long": { zh: "超过最大长度", en: "too long" },
  "text-malformed": { zh: "含有乱码或控制字符", en: "has garbled or control characters" },
  "date-format": {
    zh: "日期格式应为 2024-01-02、2024/01/02 或 20240102",
    en: "a date is written 2024-01-02, 2024/01/02 or 20240102",
  },
  "date-not-real": { zh: "日期不存在", en: "no such day" },
  "amount-format": { zh: "金额应为不带千分位的数字", en: "an amount is digits without thousands separators" },
  "amount-too-precise": { zh: "金额超过六位小数", en: "an amount has six decimals at most" },
  "integer-format": { zh: "应为整数", en: "not a whole number" },
  "code-not-listed": { zh: "取值不在代码表中", en: "not one of the listed values" },
  "subject-missing": { zh: "没有可识别主体的证件号码", en: "no identifier says whose record it is" },
  "subject-kind-not-covered": {
    zh: "该事项不适用于此类主体",
    en: "the item does not cover this kind of subject",
  },
  "number-imprecise": {
    zh: "长数字被存为数值，末位已丢失：请将该列设为文本后重新填写",
    en: "a long number was stored as a number and has lost its last digits: make the column text and enter it again",
  },
  "cell-error": { zh: "单元格为错误值", en: "the cell shows an error" },
  "cell-not-text": { zh: "单元格内容不是文本", en: "the cell holds no text" },
  "quotes-unbalanced": { zh: "引号不成对", en: "a quotation mark is not closed" },
  "quotes-misplaced": { zh: "引号位置错误", en: "a quotation mark is in the wrong place" },
  "column-count": { zh: "列数与表头不一致", en: "not as many columns as the header" },
  "row-too-long": { zh: "整行过长", en: "the row is too long" },
  "conflicts-with-earlier-row": {
    zh: "与本文件中同一文书号、同一主体的前一行内容不一致",
    en: "differs from an earlier row of this file about the same document and subject",
  },
  "conflicts-with-other-row": {
    zh: "与表中同一文书号、同一主体的另一行内容不一致",
    en: "differs from another row of the table about the same document and subject",
  },
  "state-not-mapped": {
    zh: "状态值未在配置 stateValues 中列明",
    en: "its state is not one of those that stateValues lists",
  },
  "key-missing": { zh: "缺少主键", en: "it has no key" },
};

const schemes: Readonly<Record<IdentityFault["scheme"], Label>> = {
  uscc: { zh: "统一社会信用代码", en: "unified social credit code" },
  "citizen-id": { zh: "公民身份号码", en: "citizen ID" },
  "registration-number": { zh: "工商注册号", en: "registration number" },
  "organisation-code": { zh: "组织机构代码", en: "organisation code" },
};

const layers: Readonly<Record<IdentityFault["reason"], Label>> = {
  length: { zh: "长度错误", en: "wrong length" },
  character: { zh: "含有非法字符", en: "has a character that does not occur in it" },
  "old-form": { zh: "为已停用的 15 位号码", en: "is of the 15 digits no longer in use" },
  authority: { zh: "登记管理部门代码不存在", en: "no such registering authority" },
  kind: { zh: "机构类别代码不存在", en: "no such kind of body" },
  division: { zh: "行政区划代码不存在", en: "no such division" },
  "birth-date": { zh: "出生日期不存在", en: "no such birth date" },
  "organisation-code": { zh: "主体标识码校验错误", en: "the organisation code inside does not check" },
  "check-character": { zh: "校验码错误", en: "wrong check character" },
  "subject-kind": { zh: "与主体类别不符", en: "does not belong to this kind of subject" },
};

/** A reason's code in words. A code of an older version that is no longer known stays as it is. */
export function describeReason(reason: string): Label {
  if (Object.hasOwn(plain, reason)) return lookUp(plain, reason);
  const [scheme = "", layer = ""] = reason.split(".");
  if (!Object.hasOwn(schemes, scheme) || !Object.hasOwn(layers, layer)) return { zh: reason, en: reason };
  const [of, fault] = [lookUp(schemes, scheme), lookUp(layers, layer)];
  return { zh: `${of.zh}${fault.zh}`, en: `${of.en}: ${fault.en}` };
}

function lookUp(table: Readonly<Record<string, Label>>, key: string): Label {
  return table[key] ?? { zh: key, en: key };
}
