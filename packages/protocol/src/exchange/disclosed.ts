import {
  type Catalogue,
  disclosedFields,
  type Item,
  type ItemCode,
  type Purpose,
} from "../catalogue/index.ts";
import { maskName } from "../identity/index.ts";
import { type CreditRecord, isDisclosable } from "../record/index.ts";
import type { Answer } from "./answer.ts";

export interface Disclosing {
  readonly items: readonly ItemCode[];
  readonly purpose: Purpose | undefined;
  readonly catalogue: Pick<Catalogue, "items">;
  /** The local calendar day: publication ends by the day. */
  readonly today: string;
}

/** What an answer for a purpose says of what is held: minimum disclosure, whoever holds it. */
export function disclosed(
  held: readonly CreditRecord[],
  { items, purpose, catalogue, today }: Disclosing,
): Pick<Answer, "status" | "records" | "held"> {
  const disclosable = held.filter((record) => isDisclosable(record, today));
  const status = disclosable.length > 0 ? "ok" : "none";
  if (purpose?.answers === "yes-no") return { status, records: [], held: heldOf(items, disclosable) };
  const records = disclosable.map((record) => disclosedTo(purpose, catalogue.items.get(record.item), record));
  return { status, records };
}

/** Of each item asked only whether anything of it may be disclosed. */
function heldOf(items: readonly ItemCode[], records: readonly CreditRecord[]): ItemCode[] {
  const held = new Set(records.map(({ item }) => item));
  return items.filter((item) => held.has(item));
}

/** What the purpose needs of a record, and no whole name or number of a person but where it needs one. */
function disclosedTo(
  purpose: Purpose | undefined,
  item: Item | undefined,
  record: CreditRecord,
): CreditRecord {
  if (item === undefined || purpose === undefined) return { ...record, subjectName: "", fields: {} };
  const { kind } = record.subject;
  const nameWhole =
    kind !== "individual" || purpose.needs?.[item.code]?.whole?.includes(item.columns.subjectName);
  return {
    ...record,
    subjectName: nameWhole ? record.subjectName : maskName(record.subjectName),
    fields: disclosedFields(item, purpose, record.fields, kind),
  };
}
