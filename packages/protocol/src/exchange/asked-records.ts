import type { CreditRecord } from "../record/index.ts";
import type { Question } from "./lookup.ts";

/** Nor any record that nobody may disclose any more, whatever the node's own check let through. */
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
