import { type PlatformDatabase, quoted, quotedTable } from "../source/index.ts";
import { changeTableOf, type FollowedDatabase, type TableConfig } from "./config.ts";

/** Rows of one question. */
export const pageRows = 200;
/** Rows that are asked for one by one. */
export const mostKeys = 100;

type Dialect = FollowedDatabase["dialect"];

/** Names of a result: `k` the key, `m` the mark, `s` the state, `c0` … the mapped columns. */
export function statementsOf(
  config: TableConfig,
  dialect: Dialect,
  parameter: PlatformDatabase["parameter"],
) {
  const column = (name: string) => `t.${quoted(name)}`;
  const { stateColumn, changes } = config;
  const key = column(config.key);
  const mark = changes.by === "column" ? column(changes.column) : undefined;
  const cells = Object.values(config.fields).map((name, at) => `${column(name)} AS c${at}`);
  const selected = [
    `${key} AS k`,
    ...cells,
    ...(stateColumn === undefined ? [] : [`${column(stateColumn)} AS s`]),
    ...(mark === undefined ? [] : [`${mark} AS m`]),
  ].join(", ");
  const from = `FROM ${quotedTable(config.table)} AS t`;
  const keys = Array.from({ length: mostKeys }, (_, at) => parameter(at + 1)).join(", ");
  const byKey = `ORDER BY ${key} LIMIT ${pageRows}`;
  return {
    first: `SELECT ${selected} ${from} WHERE ${key} IS NOT NULL ${byKey}`,
    after: `SELECT ${selected} ${from} WHERE ${key} > ${parameter(1)} ${byKey}`,
    ofKeys: `SELECT ${selected} ${from} WHERE ${key} IN (${keys})`,
    ...(mark !== undefined && byMark(selected, from, { key, mark }, parameter)),
    ...(changes.by === "triggers" && byChange(selected, config, dialect, parameter)),
  };
}

export type Statements = ReturnType<typeof statementsOf>;

function byMark(
  selected: string,
  from: string,
  { key, mark }: { readonly key: string; readonly mark: string },
  parameter: PlatformDatabase["parameter"],
) {
  const ordered = `ORDER BY ${mark}, ${key} LIMIT ${pageRows}`;
  return {
    firstMark: `SELECT ${selected} ${from} WHERE ${mark} IS NOT NULL ${ordered}`,
    afterMark: `SELECT ${selected} ${from} WHERE (${mark}, ${key}) > (${parameter(1)}, ${parameter(2)}) ${ordered}`,
    unmarked: `SELECT ${key} AS k ${from} WHERE ${mark} IS NULL LIMIT 1`,
  };
}

/**
 * Rows that have changed, as they are now. In PostgreSQL those alone whose transaction is older than every one under
 * way: what commits later than a newer one would be read past otherwise.
 */
function byChange(
  selected: string,
  config: TableConfig,
  dialect: Dialect,
  parameter: PlatformDatabase["parameter"],
) {
  const changes = `FROM ${quotedTable(changeTableOf(config))} AS c`;
  const settled = dialect === "postgres" ? "c.xid < pg_snapshot_xmin(pg_current_snapshot())" : "true";
  const joined = `LEFT JOIN ${quotedTable(config.table)} AS t ON t.${quoted(config.key)} = c.key`;
  const newest = "ORDER BY c.xid DESC, c.n DESC LIMIT 1";
  return {
    changed:
      `SELECT c.xid, c.n, c.key AS changed, ${selected} ${changes} ${joined}` +
      ` WHERE (c.xid, c.n) > (${parameter(1)}, ${parameter(2)}) AND ${settled} ORDER BY c.xid, c.n LIMIT ${pageRows}`,
    newest: `SELECT c.xid, c.n ${changes} ${newest}`,
    newestSettled: `SELECT c.xid, c.n ${changes} WHERE ${settled} ${newest}`,
  };
}
