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
