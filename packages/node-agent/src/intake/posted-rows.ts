import { createHash } from "node:crypto";
import { type Catalogue, type Item, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction, UsccOptions } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AgentStore } from "../store/index.ts";
import type { Header } from "./header.ts";
import { type Posted, type Receipt, receiptOf, receiptSchema } from "./receipt.ts";
import type { SourceRow } from "./source-row.ts";
import { createTally, takeBatch } from "./take-batch.ts";

export interface IntakeDependencies extends UsccOptions {
  readonly store: Pick<AgentStore, "imports" | "batches">;
  readonly catalogue: () => Pick<Catalogue, "items" | "version">;
  /** Absent: this member has no records. */
  readonly jurisdiction: Jurisdiction | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onTaken: (receipt: Receipt) => void;
  /** Called after each transaction: whoever else is served comes first. */
  readonly giveWay: () => Promise<unknown>;
}

export interface Intake {
  /** The same batch again gets the receipt that it got, and changes nothing. */
  take(item: string, posted: Posted): Promise<Result<Receipt, Fault>>;
}

/** Rows of one transaction. */
const batchRows = 100;

/**
 * Takes rows that a platform posts, one batch after the other. Broken off anywhere, a batch that is sent again is
 * completed: what had been taken in by then is counted as unchanged.
 */
export function openIntake({ jurisdiction, ...deps }: IntakeDependencies): Intake {
  let before: Promise<unknown> = Promise.resolve();
  return {
    async take(item, posted) {
      if (jurisdiction === undefined) return err(fault("intake.no-jurisdiction"));
      const taken = before.then(() => takePosted(item, posted, { ...deps, jurisdiction }));
      before = taken.catch(() => {});
      return taken;
    },
  };
}

type TakingDependencies = IntakeDependencies & { readonly jurisdiction: Jurisdiction };

async function takePosted(
  code: string,
  { reference, corrects, rows }: Posted,
  deps: TakingDependencies,
): Promise<Result<Receipt, Fault>> {
  const { items, version } = deps.catalogue();
  const known = itemCodeSchema.safeParse(code);
  const item = known.success ? items.get(known.data) : undefined;
  if (item === undefined) return err(fault("intake.item-unknown"));
  const sha256 = createHash("sha256")
    .update(JSON.stringify([corrects, rows]))
    .digest("hex");
  const batch = { item: item.code, reference };
  const answered = deps.store.batches.answered(batch);
  if (answered !== undefined) {
    if (answered.sha256 !== sha256) return err(fault("intake.reference-reused"));
    return ok(receiptSchema.parse(JSON.parse(answered.receipt)));
  }
  const receivedAt = new Date(deps.now()).toISOString();
  const { header, sourceRows } = rowsOf(item, rows);
  const file = { file: corrects ?? reference, sha256, item: item.code, startedAt: receivedAt };
  const session = deps.store.imports.start(file);
  try {
    const tally = createTally(rows.length);
    const intake = { ...deps, recordedAt: receivedAt, catalogueVersion: version };
    for (let start = 0; start < rows.length; start += batchRows) {
      takeBatch(sourceRows.slice(start, start + batchRows), { header, intake, session, tally });
      await deps.giveWay();
    }
    const about = { ...batch, import: session.id, receivedAt, unknownColumns: [...header.unknown] };
    const receipt = receiptOf(about, tally.counts, tally.rows);
    const answer = { ...batch, sha256, import: session.id, receipt: JSON.stringify(receipt) };
    deps.store.batches.answer(answer, () => session.finish(tally.counts, new Date(deps.now()).toISOString()));
    deps.onTaken(receipt);
    return ok(receipt);
  } finally {
    session.close();
  }
}

/** Every column of the item, whether a row has it or not: what a row lacks is said of the row. */
function rowsOf(
  item: Item,
  rows: Posted["rows"],
): { readonly header: Header; readonly sourceRows: readonly SourceRow[] } {
  const titles = item.fields.map(({ name }) => name);
  const places = new Map(titles.map((title, place) => [title, place]));
  const unknown = new Set(rows.flatMap(Object.keys).filter((key) => !places.has(key)));
  const sourceRows = rows.map((row, at) => ({
    line: at + 1,
    cells: titles.map((title) => (Object.hasOwn(row, title) ? row[title] : undefined)),
  }));
  return { header: { item, places, titles, unknown: [...unknown] }, sourceRows };
}
