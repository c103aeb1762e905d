import type { Catalogue, ItemCode, Purpose } from "../catalogue/index.ts";
import { disclosed } from "../exchange/index.ts";
import type { NodeId } from "../identity/index.ts";
import { type CreditRecord, isDisclosable } from "../record/index.ts";
import type { Hit } from "./screening.ts";

export interface Matter {
  readonly items: readonly ItemCode[];
  readonly purpose: Purpose;
  readonly catalogue: Pick<Catalogue, "items">;
  /** The local calendar day. */
  readonly today: string;
}

/** What one source's records of a subject mean for a matter; nothing when none is in force. */
export function hitOf(
  subject: number,
  source: NodeId,
  records: readonly CreditRecord[],
  matter: Matter,
): Hit | undefined {
  const { items, purpose, today } = matter;
  const inForce = records.filter((record) => isInForce(record, today));
  if (inForce.length === 0) return undefined;
  const held = new Set(inForce.map(({ item }) => item));
  return {
    subject,
    source,
    records: disclosed(inForce, matter).records,
    items: items.filter((item) => held.has(item)),
    measures: (purpose.measures ?? []).filter(({ item }) => held.has(item)),
  };
}

/** A listing that has ended, or is no longer published, does nothing to anybody. */
function isInForce(record: CreditRecord, today: string): boolean {
  return isDisclosable(record, today) && (record.validUntil === undefined || today <= record.validUntil);
}
