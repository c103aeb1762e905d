import type { Catalogue } from "../catalogue/index.ts";
import type { CreditRecord } from "../record/index.ts";
import type { Member } from "../registry/index.ts";
import type { Subscription } from "./message.ts";

/** What of a record decides who may hold a copy. */
export interface Shared extends Pick<CreditRecord, "item" | "jurisdiction"> {
  readonly subject: Pick<CreditRecord["subject"], "kind">;
}

/**
 * Whether a member may hold a copy of a record: what is public, and of all else what its role is in the item's share
 * scope for, within what it was admitted for (《深圳经济特区社会信用条例》art. 37).
 */
export function mayHold(
  member: Member,
  { item: code }: Pick<Shared, "item">,
  catalogue: Pick<Catalogue, "items">,
): boolean {
  const item = catalogue.items.get(code);
  // An auditor reads the log, never the records.
  if (item === undefined || member.status !== "active" || member.role === "auditor") return false;
  const { items } = member.scope;
  const admitted = items === "all" || items.includes(code);
  return admitted && (item.disclosure === "public" || item.shareScope.includes(member.role));
}

/** Whether a subscriber wants it. */
export function isWanted({ item, jurisdiction, subject }: Shared, subscription: Subscription): boolean {
  const { items, jurisdictions, subjectKinds } = subscription;
  return (
    (items === "all" || items.includes(item)) &&
    (jurisdictions === "all" || jurisdictions.includes(jurisdiction)) &&
    (subjectKinds === "all" || subjectKinds.includes(subject.kind))
  );
}
