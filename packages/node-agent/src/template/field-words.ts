import type { Field, Item, Label } from "@xinqiao/protocol/catalogue";

const types: Readonly<Record<Field["type"], Label>> = {
  text: { zh: "文本", en: "text" },
  date: { zh: "日期，如 2024-01-02", en: "day, as 2024-01-02" },
  amount: { zh: "金额，单位万元，最多六位小数", en: "amount in 10,000 yuan, six decimals at most" },
  integer: { zh: "非负整数", en: "whole number" },
  code: { zh: "选项", en: "one of the values" },
  identifier: { zh: "标识码", en: "identifier" },
};

export const typeOf = ({ type }: Field): Label => types[type];

/** Characters; nothing where any length will do. */
export function lengthOf({ minLength, maxLength }: Field): string {
  if (minLength === undefined) return maxLength === undefined ? "" : `≤ ${maxLength}`;
  if (minLength === maxLength) return String(minLength);
  return maxLength === undefined ? `≥ ${minLength}` : `${minLength}–${maxLength}`;
}

/** What a column is for beyond what it holds. */
export function remarkOf({ name }: Field, { columns }: Item): Label | undefined {
  const identifiers = [columns.uscc, columns.citizenId, columns.registrationNumber];
  if (identifiers.includes(name))
    return {
      zh: "主体标识：各标识栏至少填一项，第一项有值者为准",
      en: "whose record it is: fill in one identifier at least; the first that is given counts",
    };
  if (name === columns.documentNumber)
    return {
      zh: "与主体标识共同确定一条记录；更正时保持不变",
      en: "names the record, together with the identifier; keep it when you correct one",
    };
  if ([columns.validUntil, columns.disclosedUntil].includes(name))
    return { zh: "长期填 2099-12-31", en: "2099-12-31 means no end" };
  return undefined;
}

export const join = ({ zh, en }: Label): string => `${zh} · ${en}`;

/** All of it in a few lines, for a note at the column's title. */
export function noteOf(field: Field, item: Item): string {
  const remark = remarkOf(field, item);
  const length = lengthOf(field);
  return [
    join(field.label),
    field.required ? "必填 · required" : "选填 · optional",
    join(typeOf(field)),
    ...(length === "" ? [] : [`长度 length ${length}`]),
    ...(remark === undefined ? [] : [join(remark)]),
  ].join("\n");
}
