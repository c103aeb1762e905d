import type { Catalogue, ItemCode, Measure, Purpose } from "../catalogue/index.ts";
import { disclosed } from "../exchange/index.ts";
import type { NodeId } from "../identity/index.ts";
import { type CreditRecord, isDisclosable, type RecordDispute, shownDisputes } from "../record/index.ts";
import type { Hit } from "./screening.ts";

export interface Matter {
  readonly items: readonly ItemCode[];
  readonly purpose: Purpose;
  readonly catalogue: Pick<Catalogue, "items">;
  /** The local calendar day. */
  readonly today: string;
}

/** A record, and whose it is. */
export interface ToldRecord {
  readonly source: NodeId;
  readonly record: CreditRecord;
  /** Who holds it knows of these. */
  readonly disputes?: readonly RecordDispute[];
}

/** What records of one subject mean for a matter: a hit for each source that has any in force. */
export function hitsOf(subject: number, told: Iterable<ToldRecord>, matter: Matter): Hit[] {
  const bySource = new Map<NodeId, ToldRecord[]>();
  for (const each of told) {
    const records = bySource.get(each.source);
    if (records === undefined) bySource.set(each.source, [each]);
    else records.push(each);
  }
  return [...bySource].flatMap(([source, records]) => hitOf(subject, source, records, matter) ?? []);
}

/** What one source's records of a subject mean for a matter; nothing when none is in force. */
function hitOf(
  subject: number,
  source: NodeId,
  told: readonly ToldRecord[],
  matter: Matter,
): Hit | undefined {
  const { items, purpose, today } = matter;
  const inForce = told.filter(({ record }) => isInForce(record, today));
  if (inForce.length === 0) return undefined;
  const records = inForce.map(({ record }) => record);
  const held = new Set(records.map(({ item }) => item));
  const disputes = inForce.flatMap((each) => each.disputes ?? []);
  return {
    subject,
    source,
    records: disclosed(records, matter).records,
    items: items.filter((item) => held.has(item)),
    measures: (purpose.measures ?? []).filter((measure) => held.has(measure.item) && applies(measure, today)),
    ...shownDisputes(disputes, { namesRecords: purpose.answers !== "yes-no" }),
  };
}

function applies({ validFrom, validUntil }: Measure, today: string): boolean {
  return (validFrom === undefined || validFrom <= today) && (validUntil === undefined || today <= validUntil);
}

/** A listing that has ended, or is no longer published, does nothing to anybody. */
function isInForce(record: CreditRecord, today: string): boolean {
  return isDisclosable(record, today) && (record.validUntil === undefined || today <= record.validUntil);
}
