import type { Criteria } from "@xinqiao/protocol/audit";
import { subjectText } from "@xinqiao/protocol/identity";
import { caseTag, subjectTags } from "../log/index.ts";
import type { IndexedCriteria } from "./port.ts";

/** Criteria as the index knows them. */
export function indexedCriteria(
  { subject, caseReference, from, to, ...rest }: Criteria,
  tagKey: Uint8Array,
): IndexedCriteria {
  return {
    ...rest,
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
    ...(subject && { tag: Buffer.from(subjectTags(tagKey)(subjectText(subject)), "hex") }),
    ...(caseReference !== undefined && { caseTag: caseTag(tagKey, caseReference) }),
  };
}
