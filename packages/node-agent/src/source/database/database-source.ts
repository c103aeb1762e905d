import type { Item } from "@xinqiao/protocol/catalogue";
import type { Fault } from "@xinqiao/protocol/problem";
import { ok, type Result } from "@xinqiao/protocol/result";
import { mappedItem, unfit } from "../configured-item.ts";
import type { LiveDependencies } from "../dependencies.ts";
import {
  foundIn,
  type LiveContext,
  type LiveRecords,
  type PlatformRow,
  recordsFromRows,
} from "../live-rows.ts";
import { plainText } from "../plain-text.ts";
import type { RecordSource } from "../port.ts";
import { secret } from "../secret.ts";
import { unavailable } from "../unavailable.ts";
import type { DatabaseSourceConfig, MappedTable } from "./config.ts";
import { openDatabase } from "./open.ts";
import type { DatabaseRow, PlatformDatabase } from "./port.ts";
import { maxRows, type Statement, statementOf } from "./statement.ts";

interface Table {
  readonly config: MappedTable;
  /** As the catalogue of the moment has it; nothing when the mapping no longer fits. */
  readonly item: () => Item | undefined;
  readonly name: string;
  readonly statement: Statement;
}

/** Reads the platform's own tables. Throws when the configuration does not fit the catalogue. */
export async function createDatabaseSource(
  config: DatabaseSourceConfig,
  deps: LiveDependencies,
): Promise<RecordSource> {
  const { name } = config;
  const url = secret(config.url, config.urlEnv, deps.env, `sources.${name}.url`);
  const database = await openDatabase(config, url);
  const tables = config.tables.map((table, at) => {
    const item = itemOf(table, deps, `sources.${name}.tables.${at}`);
    const statement = statementOf({ ...table, fields: withName(table, item()) }, database.parameter);
    return { config: table, item, name: `xinqiao-${name}-${at}`, statement };
  });
  return {
    name,
    type: "database",
    held: (scheme) =>
      new Set(
        tables
          .filter(({ config: { subject } }) => subject.scheme === scheme)
          .map(({ config }) => config.item),
      ),
    async find({ subject, items }, signal) {
      const asOf = new Date(deps.now()).toISOString();
      const context = {
        source: name,
        jurisdiction: deps.jurisdiction,
        recordedAt: asOf,
        catalogueVersion: deps.catalogue().version,
        onInvalid: deps.onInvalid,
      };
      const asked = tables.filter(
        (table) => table.config.subject.scheme === subject.scheme && items.includes(table.config.item),
      );
      const reads = await Promise.all(asked.map((table) => read(database, table, subject, context, signal)));
      return foundIn(reads, asOf);
    },
    async check(signal) {
      for (const table of tables) {
        // No identifier is empty: this proves table, columns and rights, and reads nothing.
        const probe = await database.query(table.name, table.statement.text, [""], signal);
        if (!probe.ok) return unavailable(name, `${table.config.table}: ${probe.error}`);
      }
      return ok({ detail: `${config.dialect}, ${tables.length} tables` });
    },
    close: () => database.close(),
  };
}

function itemOf(
  { item, subject, fields, nameColumn }: MappedTable,
  { catalogue }: LiveDependencies,
  setting: string,
): Table["item"] {
  return mappedItem(catalogue, {
    code: item,
    scheme: subject.scheme,
    mapped: Object.keys(fields),
    nameGiven: nameColumn !== undefined,
    setting,
  });
}

function withName({ fields, nameColumn }: MappedTable, item: Item | undefined): MappedTable["fields"] {
  return nameColumn === undefined || item === undefined
    ? fields
    : { ...fields, [item.columns.subjectName]: nameColumn };
}

async function read(
  database: PlatformDatabase,
  { config, item: itemNow, name, statement }: Table,
  subject: Parameters<RecordSource["find"]>[0]["subject"],
  context: LiveContext,
  signal: AbortSignal,
): Promise<Result<LiveRecords, Fault>> {
  const item = itemNow();
  if (item === undefined) return unavailable(context.source, unfit(config.item));
  const rows = await database.query(name, statement.text, [subject.id], signal);
  if (!rows.ok) return unavailable(context.source, rows.error);
  if (rows.value.length > maxRows) return unavailable(context.source, `over ${maxRows} rows for one subject`);
  const { kind } = config.subject;
  const mapping = { item, kind, stateValues: config.stateValues };
  return ok(
    recordsFromRows(
      rows.value.map((row) => platformRow(row, statement)),
      mapping,
      subject,
      context,
    ),
  );
}

function platformRow(row: DatabaseRow, { aliases, stateAlias }: Statement): PlatformRow {
  return {
    cellOf: (column) => {
      const alias = aliases[column];
      return alias === undefined ? undefined : row[alias];
    },
    ...(stateAlias !== undefined && { state: plainText(row[stateAlias]) }),
  };
}
