import type { Item, ItemCode, Purpose, PurposeCode } from "../catalogue/index.ts";
import type { NodeId } from "../identity/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import type { Authorisation } from "./authorisation.ts";

/**
 * The items that need the subject's authorisation: of the authorised class (art. 44), or all of them when the purpose
 * needs one whatever the class.
 */
export function itemsToAuthorise({
  items,
  purpose,
}: {
  readonly items: readonly Item[];
  readonly purpose: Purpose;
}): readonly Item[] {
  return purpose.authorisation ? items : items.filter(({ disclosure }) => disclosure === "authorised");
}

/** Who wants to use it, and for what. */
export interface AuthorisedUse {
  readonly requester: NodeId;
  readonly purpose: PurposeCode;
  readonly items: readonly ItemCode[];
}

/** Why an authorisation does not cover a use of it, if it does not. It covers exactly what it names. */
export function uncovered(
  authorisation: Authorisation,
  { requester, purpose, items }: AuthorisedUse,
): Fault | undefined {
  if (authorisation.aud !== requester) return fault("authorisation.for-another-member");
  if (authorisation.purpose !== purpose) {
    return fault("authorisation.for-another-purpose", undefined, { purpose });
  }
  const item = items.find((code) => !authorisation.items.includes(code));
  return item && fault("authorisation.excludes-item", undefined, { item });
}
