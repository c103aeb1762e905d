import type { Field } from "@xinqiao/protocol/catalogue";
import type { DataValidation } from "exceljs";

/** How a spreadsheet shows a column, and keeps what is typed into it. Text stays text: 18 digits are no number. */
export function formatOf({ type }: Field): string {
  switch (type) {
    case "date":
      return "yyyy-mm-dd";
    case "amount":
      return "0.00####";
    case "integer":
      return "0";
    default:
      return "@";
  }
}

const first = new Date(Date.UTC(1900, 2, 1));
const last = new Date(Date.UTC(2999, 11, 31));
/** Beyond it a spreadsheet's number is no longer the one that was typed. */
const largest = 999_999_999_999;

/** What a spreadsheet refuses to take; nothing for what only the agent can tell. */
export function ruleOf(field: Field, values: string | undefined): DataValidation | undefined {
  const { type, required, minLength, maxLength } = field;
  const shared = { allowBlank: !required, showErrorMessage: true, errorStyle: "stop", ...wordsOf(field) };
  if (values !== undefined) return { ...shared, type: "list", formulae: [values] };
  if (type === "date") return { ...shared, type: "date", operator: "between", formulae: [first, last] };
  if (type === "amount") return { ...shared, type: "decimal", operator: "between", formulae: [0, largest] };
  if (type === "integer") {
    const formulae = [least(minLength), Math.min(10 ** (maxLength ?? 12) - 1, largest)];
    return { ...shared, type: "whole", operator: "between", formulae };
  }
  if (maxLength === undefined) return undefined;
  const formulae = [minLength ?? (required ? 1 : 0), maxLength];
  return { ...shared, type: "textLength", operator: "between", formulae };
}

/** The smallest number of so many digits. */
const least = (digits = 1) => (digits > 1 ? 10 ** (digits - 1) : 0);

function wordsOf({ name, label }: Field) {
  return { errorTitle: name, error: `${label.zh}：不符合填写要求，见“说明” · see the sheet 说明` };
}
