import { randomUUID } from "node:crypto";
import { isDisclosable, shownDisputes } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Batch, CopyChange, DeliveryQueue } from "../delivery/index.ts";
import { createQueueing } from "./delivery-queueing.ts";
import { createRefusals, type Pace } from "./delivery-refusals.ts";
import {
  type Change,
  type Delivery,
  type DeliveryRows,
  mostChanges,
  openDeliveryRows,
  recordOf,
  type Sealed,
} from "./delivery-rows.ts";
import { createDisputes } from "./disputes.ts";

/** Most characters of the records in a batch: but for one that alone is longer. */
const mostLength = 1024 * 1024;

/** With nothing to tell an empty batch goes out from time to time: a platform that was put back is found by it. */
const makeSureEveryMs = 3_600_000;

/** What waits for one platform: the changes behind the place up to which it has taken them. */
export function createDeliveryQueue(database: Database, name: string): DeliveryQueue {
  const rows = openDeliveryRows(database, name);
  const queueing = createQueueing(database);
  const disputes = createDisputes(database);
  const withDisputes = (change: CopyChange): CopyChange =>
    change.change === "remove"
      ? change
      : {
          ...change,
          ...shownDisputes(disputes.of(change.source, change.record.id), { namesRecords: false }),
        };
  // After a refusal batches are small, and grow again as they are taken: what is refused seldom comes alone.
  const pace: Pace = { most: mostChanges };
  const seal = database.transaction((today: string, now: number): Batch | undefined => {
    const delivery = rows.current();
    if (delivery === undefined) return undefined;
    const top = Math.max(rows.top(), delivery.n);
    const nextIn = (end: number | undefined) =>
      end === undefined && queueing.isUnderWay()
        ? undefined
        : nextOf(delivery, { end, top, isAll: rows.isAllRead() }, now);
    const next = underSeal(delivery) ?? nextIn(endOf(delivery, pace.most, top, rows));
    if (next === undefined) {
      // What is not wanted here is passed over.
      if (top > delivery.n) rows.pass(top);
      return undefined;
    }
    const mark = delivery.sealedMark ?? randomUUID();
    if (delivery.sealedMark === null) rows.seal(mark, next);
    const { generation, mark: previous } = delivery;
    const isWanted = wantedBy(delivery);
    const changes = rows
      .changesIn(delivery, next.upTo)
      .map((change) => withDisputes(outcomeOf(change, isWanted, today)));
    return { generation, mark, previous, complete: next.completes, changes };
  });

  const taken = database.transaction((mark: string, at: number) => {
    const delivery = rows.underWay(mark);
    if (delivery === undefined) return;
    rows.take(delivery, delivery.sealedN, at);
    pace.most = Math.min(pace.most * 2, mostChanges);
  });
  return {
    seal: (today, now) => seal.immediate(today, now),
    taken: (mark, at) => taken.immediate(mark, at),
    ...createRefusals(database, rows, pace),
    beginAnew: () => rows.beginAnew(randomUUID()),
  };
}

const underSeal = ({ sealedN, sealedCompletes }: Delivery): Sealed | undefined =>
  sealedN === null ? undefined : { upTo: sealedN, completes: sealedCompletes === 1 };

interface Waiting {
  /** Where the next batch ends; nothing: nothing waits. */
  readonly end: number | undefined;
  readonly top: number;
  /** Whether the copies are all that there is. */
  readonly isAll: boolean;
}

/**
 * What waits, then that this was everything: never while something waits, since a record that has changed meanwhile has
 * gone to the end and would be taken for one that is not there any more; nor while copies are still to be read.
 */
function nextOf(delivery: Delivery, { end, top, isAll }: Waiting, now: number): Sealed | undefined {
  if (end !== undefined) return { upTo: end, completes: false };
  const { telling, completeFrom } = delivery;
  if (isAll && telling === 1 && (completeFrom === null || completeFrom <= now))
    return { upTo: top, completes: true };
  return isQuiet(delivery, now) ? { upTo: top, completes: false } : undefined;
}

const isQuiet = ({ takenAt }: Delivery, now: number) => takenAt === null || takenAt <= now - makeSureEveryMs;

/** Where the next batch ends: before it is too long, or behind everything. Nothing: nothing wanted waits. */
function endOf(
  delivery: Delivery,
  most: number,
  top: number,
  rows: Pick<DeliveryRows, "lengths">,
): number | undefined {
  let [count, length, last] = [0, 0, delivery.n];
  for (const row of rows.lengths(delivery)) {
    length += row.length;
    if (count === most || (count > 0 && length > mostLength)) return last;
    [count, last] = [count + 1, row.n];
  }
  return count > 0 ? top : undefined;
}

/** What a copy comes to, whichever change led there. One that was damaged on the disk is none. */
function outcomeOf(
  { source, record: id, content }: Change,
  isWanted: (item: string) => boolean,
  today: string,
): CopyChange {
  const record = content === null ? undefined : recordOf(content);
  return record !== undefined && isWanted(record.item) && isDisclosable(record, today)
    ? { change: "put", source, record }
    : { change: "remove", source, id };
}

function wantedBy({ items }: Delivery): (item: string) => boolean {
  if (items === null) return () => true;
  const wanted: ReadonlySet<string> = new Set(z.array(z.string()).parse(JSON.parse(items)));
  return (item) => wanted.has(item);
}
