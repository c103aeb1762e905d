import { createHash } from "node:crypto";
import type { ItemCode } from "../catalogue/index.ts";
import type { Subject } from "../identity/index.ts";

const partyLength = 12;

/** Of any party: all ids of one document are as long. */
export const recordIdLength = (item: ItemCode, documentNumber: string): number =>
  item.length + documentNumber.length + partyLength + 2;

/**
 * `<item>:<document number>:<party>`. The party tells apart the subjects of one decision (several
 * debtors share a case number); it is 48 bits of a hash over the whole, so that it is the same on
 * every import and follows nobody from one record to the next. A record's id is still record data:
 * whoever knows the document number can test a guess at the subject. It stays out of logs and URLs.
 */
export function recordId(item: ItemCode, documentNumber: string, { scheme, id }: Subject): string {
  const party = createHash("sha256")
    .update(JSON.stringify([item, documentNumber, scheme, id]))
    .digest("hex")
    .slice(0, partyLength);
  return `${item}:${documentNumber}:${party}`;
}
