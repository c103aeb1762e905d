import type { Catalogue, Item } from "../catalogue/index.ts";
import type { Jurisdiction } from "../identity/index.ts";
import type { CreditRecord } from "../record/index.ts";
import type { Directory, Member } from "../registry/index.ts";
import type { Subscription } from "./message.ts";

/** What of a record decides who may hold a copy. */
export interface Shared extends Pick<CreditRecord, "item" | "jurisdiction"> {
  readonly subject: Pick<CreditRecord["subject"], "kind">;
}

/** Whether copies of an item are handed out at all: what a subject must authorise is asked of its source, each time (PR-SYNC §1). */
export function isHandedOut({ disclosure }: Pick<Item, "disclosure">): boolean {
  return disclosure !== "authorised";
}

/**
 * Whether a member may hold copies of an item: what is public, and of what authorities share what its role is in the share
 * scope for, within what it was admitted for (《深圳经济特区社会信用条例》art. 37).
 */
export function mayHoldItem(
  member: Member,
  { item: code }: Pick<Shared, "item">,
  catalogue: Pick<Catalogue, "items">,
): boolean {
  const item = catalogue.items.get(code);
  // An auditor reads the log, never the records.
  if (item === undefined || member.status !== "active" || member.role === "auditor") return false;
  const { items } = member.scope;
  const admitted = items === "all" || items.includes(code);
  return (
    admitted && isHandedOut(item) && (item.disclosure === "public" || item.shareScope.includes(member.role))
  );
}

/** What it is decided by who may hold a copy. */
export interface HoldingRules {
  readonly catalogue: Pick<Catalogue, "items">;
  readonly directory: Pick<Directory, "agreed">;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Whether a member may hold a copy of a record: of its item, and from there by what the cities have agreed on. */
export function mayHold(
  member: Member,
  shared: Pick<Shared, "item" | "jurisdiction">,
  { catalogue, directory, at }: HoldingRules,
): boolean {
  return mayHoldItem(member, shared, catalogue) && isOpen(member, shared.jurisdiction, { directory, at });
}

/** Jurisdictions of whose records a member may hold no copy now, whatever the item. */
export function closedTo(
  member: Member,
  { directory, at }: { readonly directory: Pick<Directory, "agreed" | "jurisdictions">; readonly at: number },
): readonly Jurisdiction[] {
  return directory.jurisdictions().filter((jurisdiction) => !isOpen(member, jurisdiction, { directory, at }));
}

/** As a lookup is decided, but for no purpose in particular: nobody says what a copy is used for. */
function isOpen(
  member: Member,
  jurisdiction: Jurisdiction,
  { directory, at }: Pick<HoldingRules, "directory" | "at">,
): boolean {
  return directory.agreed(member, jurisdiction, undefined, at);
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
