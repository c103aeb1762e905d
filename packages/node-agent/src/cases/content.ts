import type { Case } from "@xinqiao/protocol/cases";
import { recordContent } from "@xinqiao/protocol/digests";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { OwnRecords } from "../sharing/index.ts";
import type { HeldCase } from "./port.ts";

/** Hash of what files say of a record: how it is annotated, and how often it was, is nothing of that. */
function contentOf({ annotation: _, catalogueVersion: __, ...record }: CreditRecord): string {
  return recordContent({ ...record, version: 1, state: "current", recordedAt: "" });
}

/** What a correction is told by later: one that came between the opening of a case and its hearing is one as well. */
export function contentAtOpening(
  { iat }: Case["opened"],
  record: CreditRecord,
  own: Pick<OwnRecords, "changedAt">,
): string {
  const changedAt = own.changedAt(record.id);
  return changedAt !== undefined && Date.parse(changedAt) > iat * 1000 ? "" : contentOf(record);
}

export function isCorrected({ content }: HeldCase, record: CreditRecord): boolean {
  return content !== undefined && content !== contentOf(record);
}
