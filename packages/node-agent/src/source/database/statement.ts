import type { MappedTable } from "./config.ts";
import type { PlatformDatabase } from "./port.ts";

/** No subject has this many records of one item: more means that the mapping is wrong. */
export const maxRows = 5_000;

export interface Statement {
  readonly text: string;
  /** National column → alias in the result. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly stateAlias: string | undefined;
}

/**
 * One statement a table, written once from the configuration: identifiers quoted (the schema has already
 * refused any that hold a quote), the subject's identifier always bound.
 */
export function statementOf(
  { table, subject, fields, stateColumn }: MappedTable,
  parameter: PlatformDatabase["parameter"],
): Statement {
  const columns = [...Object.values(fields), ...(stateColumn === undefined ? [] : [stateColumn])];
  const selected = columns.map((column, at) => `${quoted(column)} AS c${at}`).join(", ");
  const aliases = Object.fromEntries(Object.keys(fields).map((name, at) => [name, `c${at}`]));
  return {
    text:
      `SELECT ${selected} FROM ${quotedTable(table)}` +
      ` WHERE ${quoted(subject.column)} = ${parameter(1)} LIMIT ${maxRows + 1}`,
    aliases,
    stateAlias: stateColumn === undefined ? undefined : `c${columns.length - 1}`,
  };
}

/** The schemas of the configuration have refused any identifier that holds a quote. */
export function quoted(identifier: string): string {
  return `"${identifier}"`;
}

/** `table`, or `schema.table`. */
export function quotedTable(table: string): string {
  return table.split(".").map(quoted).join(".");
}
