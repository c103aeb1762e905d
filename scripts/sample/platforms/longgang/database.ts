import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { recordsOf, type SampleItem, type SampleRecord, sampleItems, sampleNode } from "../../data/index.ts";
import type { Build } from "../part.ts";
import type { PlatformColumn, PlatformTable } from "../table.ts";
import { databaseFile, longgangTable, stateColumn, stateValues } from "./tables.ts";

/** Longgang's platform keeps its records in a SQLite database of its own making. */
export async function fillDatabase({ folder, subjects, onRecord }: Build): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const database = new Database(join(folder, databaseFile));
  try {
    database.pragma("journal_mode = WAL");
    // A crash while it is being filled makes it anew: nothing here has to survive one yet.
    database.pragma("synchronous = OFF");
    const tables = sampleItems.map(longgangTable);
    for (const table of tables) database.exec(createTable(table));
    insertAll(database, recordsOf(sampleNode("sz-longgang"), subjects), onRecord);
    for (const table of tables) database.exec(createIndexes(table));
    database.exec("ANALYZE");
    database.pragma("synchronous = FULL");
    database.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
}

function insertAll(database: Database.Database, records: Iterable<SampleRecord>, onRecord: () => void): void {
  const inserts = new Map<SampleItem, (record: SampleRecord) => void>();
  for (const item of sampleItems) inserts.set(item, inserter(database, longgangTable(item)));
  database.transaction(() => {
    for (const record of records) {
      inserts.get(record.item)?.(record);
      onRecord();
    }
  })();
}

function inserter(database: Database.Database, { name, columns }: PlatformTable) {
  const places = columns.map(() => "?").join(", ");
  const statement = database.prepare(
    `INSERT INTO ${name} (${columns.map((column) => column.name).join(", ")}, ${stateColumn}) VALUES (${places}, ?)`,
  );
  return ({ row, state }: SampleRecord) => {
    statement.run(...columns.map((column) => storedAs(column, row[column.national])), stateValues[state]);
  };
}

/** Days are eight digits here; everything else is text as it came. */
function storedAs({ type }: PlatformColumn, value: string | undefined): string | null {
  if (value === undefined) return null;
  return type === "date" ? value.replaceAll("-", "") : value;
}

function createTable({ name, columns }: PlatformTable): string {
  const lines = columns.map((column) => `${column.name} TEXT`);
  return `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, ${lines.join(", ")}, ${stateColumn} TEXT NOT NULL)`;
}

function createIndexes({ name, roles }: PlatformTable): string {
  return [roles.uscc, roles.citizenId, roles.documentNumber]
    .filter((column) => column !== undefined)
    .map((column) => `CREATE INDEX i_${name.slice(2)}_${column} ON ${name} (${column});`)
    .join("\n");
}
