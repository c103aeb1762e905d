import type { CreditRecord } from "@xinqiao/protocol/record";
import type { ImportCounts, ImportSession, QuarantinedRow, RowReason } from "../store/index.ts";
import type { Header } from "./header.ts";
import { type IntakeContext, rowRecord, rowTexts } from "./row-record.ts";
import { traceRow } from "./row-trace.ts";
import type { SourceRow } from "./source-row.ts";

/** A row kept back, as the report names it. */
export interface RowReport {
  readonly line: number;
  readonly reasons: readonly RowReason[];
}

/** Rows named in a report on a file; the store holds them all. */
const usualReport = 100;

/** Rows of which somebody else has said otherwise since their file came before. */
export interface Contested {
  /** Of the unchanged: the file, or the one of its name that it puts right, has said so before. What is held stays. */
  readonly superseded: number;
  /** Of the accepted: they were kept back then. They are taken, as nobody can tell whether what is held is newer. */
  readonly overridden: number;
}

/** Running counts of one import. Every row is exactly one of accepted, unchanged, quarantined, duplicate. */
export interface Tally {
  add(counts: ImportCounts, kept: readonly RowReport[], contested: Contested): void;
  readonly counts: ImportCounts;
  readonly contested: Contested;
  readonly rows: readonly RowReport[];
}

export function createTally(reportedRows = usualReport): Tally {
  let counts: ImportCounts = { received: 0, accepted: 0, unchanged: 0, quarantined: 0, duplicates: 0 };
  let contested: Contested = { superseded: 0, overridden: 0 };
  const rows: RowReport[] = [];
  return {
    add(more, kept, { superseded, overridden }) {
      counts = {
        received: counts.received + more.received,
        accepted: counts.accepted + more.accepted,
        unchanged: counts.unchanged + more.unchanged,
        quarantined: counts.quarantined + more.quarantined,
        duplicates: counts.duplicates + more.duplicates,
      };
      contested = {
        superseded: contested.superseded + superseded,
        overridden: contested.overridden + overridden,
      };
      rows.push(...kept.slice(0, reportedRows - rows.length));
    },
    get counts() {
      return counts;
    },
    get contested() {
      return contested;
    },
    rows,
  };
}

export interface BatchContext {
  readonly header: Header;
  readonly intake: IntakeContext;
  readonly session: ImportSession;
  readonly tally: Tally;
}

/** Checks and stores some rows of a file: the good ones in one transaction, the others aside in another. */
export function takeBatch(
  batch: readonly SourceRow[],
  { header, intake, session, tally }: BatchContext,
): void {
  const good: { readonly row: SourceRow; readonly record: CreditRecord }[] = [];
  const kept: QuarantinedRow[] = [];
  const keep = (row: SourceRow, reasons: readonly RowReason[], trace = traceRow(row, header, intake)) => {
    kept.push({ line: row.line, reasons, cells: rowTexts(row), ...(trace !== undefined && { trace }) });
  };
  for (const row of batch) {
    const record = rowRecord(row, header, intake);
    if (record.ok) good.push({ row, record: record.value });
    else keep(row, record.error);
  }
  const taken = session.take(good.map(({ record }) => record));
  for (const [at, { row, record }] of good.entries()) {
    if (taken[at] !== "conflict") continue;
    // Its record is held, and may be the wrong one: which record is waited for is not known.
    keep(row, [conflictWith(header)], { subject: record.subject });
  }
  kept.sort((one, other) => one.line - other.line);
  session.quarantine(kept);
  const count = (...outcomes: string[]) => taken.filter((outcome) => outcomes.includes(outcome)).length;
  tally.add(
    {
      received: batch.length,
      accepted: count("added", "changed", "overridden"),
      unchanged: count("unchanged", "superseded"),
      quarantined: kept.length,
      duplicates: count("duplicate"),
    },
    kept.map(({ line, reasons }) => ({ line, reasons })),
    { superseded: count("superseded"), overridden: count("overridden") },
  );
}

/** Two rows of one file name one record and differ: nobody but the sender can say which is right. */
function conflictWith({ item }: Header): RowReason {
  return { field: item.columns.documentNumber, reason: "conflicts-with-earlier-row" };
}
