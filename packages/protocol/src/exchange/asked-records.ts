import type { Purpose } from "../catalogue/index.ts";
import type { CreditRecord } from "../record/index.ts";
import type { Question } from "./lookup.ts";

/**
 * Whether every record is of an item and the subject asked about, and none is one that nobody may disclose any more,
 * whatever the node's own check let through. Clear records and sealed ones are judged alike.
 */
export function holdsOnlyWhatWasAsked(
  records: readonly CreditRecord[],
  { items, subject }: Pick<Question, "items" | "subject">,
): boolean {
  return records.every(
    (record) =>
      items.includes(record.item) &&
      record.state !== "repaired" &&
      record.state !== "withdrawn" &&
      record.subject.scheme === subject.scheme &&
      record.subject.id === subject.id,
  );
}

/** In which form a purpose is answered, and which columns it discloses. */
export type AnswerTerms = Pick<Purpose, "answers" | "needs">;

/** Whether no record holds a column that the purpose does not need, where the catalogue says which. */
export function disclosesOnly(
  { needs = {} }: Pick<AnswerTerms, "needs">,
  records: readonly Pick<CreditRecord, "item" | "fields">[],
): boolean {
  return records.every(({ item, fields }) => {
    const only = needs[item]?.only;
    return only === undefined || Object.keys(fields).every((name) => only.includes(name));
  });
}
