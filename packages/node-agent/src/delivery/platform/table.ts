import type { CreditRecord, Dispute } from "@xinqiao/protocol/record";
import { quotedTable } from "../../source/index.ts";
import type { Batch, CopyChange } from "../port.ts";

export const dialects = ["sqlite", "postgres"] as const;
export type Dialect = (typeof dialects)[number];

/** A table's name as the configuration has let it through. */
export const fitsDialect = (table: string, dialect: Dialect) =>
  dialect === "postgres" || !table.includes(".");

/** Columns of the platform's table, and what they are in each dialect. */
export const columns = [
  ["source", "TEXT NOT NULL", "text NOT NULL"],
  ["record", "TEXT NOT NULL", "text NOT NULL"],
  ["item", "TEXT NOT NULL", "text NOT NULL"],
  ["version", "INTEGER NOT NULL", "integer NOT NULL"],
  ["state", "TEXT NOT NULL", "text NOT NULL"],
  ["annotation", "TEXT", "text"],
  ["subject_kind", "TEXT NOT NULL", "text NOT NULL"],
  ["subject_scheme", "TEXT NOT NULL", "text NOT NULL"],
  ["subject_id", "TEXT NOT NULL", "text NOT NULL"],
  ["subject_name", "TEXT NOT NULL", "text NOT NULL"],
  ["jurisdiction", "TEXT NOT NULL", "text NOT NULL"],
  ["occurred_on", "TEXT NOT NULL", "date NOT NULL"],
  ["valid_until", "TEXT", "date"],
  ["disclosed_until", "TEXT", "date"],
  ["recorded_at", "TEXT NOT NULL", "timestamptz NOT NULL"],
  ["fields", "TEXT NOT NULL", "jsonb NOT NULL"],
  ["disputes", "TEXT", "jsonb"],
  ["generation", "TEXT NOT NULL", "text NOT NULL"],
] as const;

export const columnNames = columns.map(([name]) => name);
type Cell = string | number | null;
export type TableRow = Readonly<Record<Exclude<(typeof columns)[number][0], "fields" | "disputes">, Cell>> & {
  readonly fields: CreditRecord["fields"];
  readonly disputes: readonly Dispute[] | null;
};

/** What has no type of its own in a dialect is JSON. */
export function flatRowOf({ fields, disputes, ...row }: TableRow): Readonly<Record<string, Cell>> {
  const said = disputes === null ? null : JSON.stringify(disputes);
  return { ...row, fields: JSON.stringify(fields), disputes: said };
}

/** What a record is as a row. */
export function rowOf(
  { source, record, disputes }: Extract<CopyChange, { change: "put" }>,
  { generation }: Pick<Batch, "generation">,
): TableRow {
  const { subject } = record;
  return {
    source,
    record: record.id,
    item: record.item,
    version: record.version,
    state: record.state,
    annotation: record.annotation ?? null,
    subject_kind: subject.kind,
    subject_scheme: subject.scheme,
    subject_id: subject.id,
    subject_name: record.subjectName,
    jurisdiction: record.jurisdiction,
    occurred_on: record.occurredOn,
    valid_until: record.validUntil ?? null,
    disclosed_until: record.disclosedUntil ?? null,
    recorded_at: record.recordedAt,
    fields: record.fields,
    disputes: disputes ?? null,
    generation,
  };
}

/** A change's place in a batch is of no matter to a table: a record is put or removed once in it. */
export function rowsOf(batch: Batch): {
  readonly put: readonly TableRow[];
  readonly removed: readonly { readonly source: string; readonly record: string }[];
} {
  const put = new Map<string, TableRow>();
  const removed: { source: string; record: string }[] = [];
  for (const change of batch.changes) {
    if (change.change === "remove") removed.push({ source: change.source, record: change.id });
    else put.set(`${change.source}/${change.record.id}`, rowOf(change, batch));
  }
  return { put: [...put.values()], removed };
}

/** Where the table stands: a row beside it, changed in the same transaction. */
export const placeTable = (table: string) => `${table}_place`;

/** What has to be there before anything is delivered. */
export function createTableSql(table: string, dialect: Dialect): string {
  const types = columns.map(
    ([name, sqlite, postgres]) => `  ${name} ${dialect === "sqlite" ? sqlite : postgres}`,
  );
  const text = dialect === "sqlite" ? "TEXT" : "text";
  const index = `${table.split(".").at(-1)}_by_subject`;
  return `CREATE TABLE IF NOT EXISTS ${quotedTable(table)} (
${types.join(",\n")},
  PRIMARY KEY (source, record)
);
CREATE INDEX IF NOT EXISTS "${index}" ON ${quotedTable(table)} (subject_scheme, subject_id, item);
CREATE TABLE IF NOT EXISTS ${quotedTable(placeTable(table))} (
  one integer PRIMARY KEY CHECK (one = 1),
  generation ${text} NOT NULL,
  mark ${text} NOT NULL
);
`;
}

/** Whether a batch goes on from where a platform stands: `taken` when it has it already. */
export function standingOf(
  { mark, previous }: Batch,
  place: string | undefined,
): "next" | "taken" | "another-past" {
  if (place === mark) return "taken";
  return previous === null || previous === place ? "next" : "another-past";
}
