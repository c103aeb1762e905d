import type { Criteria } from "@xinqiao/protocol/audit";
import type { IndexedCriteria } from "./port.ts";
import { subjectTag } from "./tag.ts";

/** Criteria as the index knows them. */
export function indexedCriteria(
  { subject, from, to, ...rest }: Criteria,
  tagKey: Uint8Array,
): IndexedCriteria {
  return {
    ...rest,
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
    ...(subject && { tag: subjectTag(tagKey, subject) }),
  };
}
