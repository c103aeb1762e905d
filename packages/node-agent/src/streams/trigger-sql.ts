import { quoted, quotedTable } from "../source/index.ts";
import { changeTableOf, type FollowedDatabase, type TableConfig } from "./config.ts";

type NotedTable = Pick<TableConfig, "table" | "key" | "changes">;

/**
 * What the platform's operator runs once: a table with one row for each row that has changed, and triggers that keep it.
 * They run with the rights of whoever runs this, so that the platform's own user needs none.
 */
export function triggerSql(config: NotedTable, dialect: FollowedDatabase["dialect"]): string {
  return dialect === "postgres" ? postgresSql(config) : sqliteSql(config);
}

function postgresSql(config: NotedTable): string {
  const [table, changes] = [qualified(config.table), qualified(changeTableOf(config))];
  const key = quoted(config.key);
  const routine = qualified(`${changeTableOf(config)}_note`);
  return `BEGIN;
CREATE TABLE ${changes} AS SELECT ${key} AS key FROM ${table} WITH NO DATA;
ALTER TABLE ${changes}
  ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX ON ${changes} (xid, n);
CREATE INDEX ON ${changes} (key);
-- One row a key, its newest change. TRUNCATE names no rows: an empty key.
CREATE FUNCTION ${routine}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO ${changes} (key) VALUES (NULL);
    RETURN NULL;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    DELETE FROM ${changes} WHERE key = NEW.${key};
    INSERT INTO ${changes} (key) VALUES (NEW.${key});
  END IF;
  IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR OLD.${key} IS DISTINCT FROM NEW.${key}) THEN
    DELETE FROM ${changes} WHERE key = OLD.${key};
    INSERT INTO ${changes} (key) VALUES (OLD.${key});
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER xinqiao_note AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${routine}();
CREATE TRIGGER xinqiao_note_emptied AFTER TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ${routine}();
-- Changes that come by replication, too.
ALTER TABLE ${table} ENABLE ALWAYS TRIGGER xinqiao_note;
ALTER TABLE ${table} ENABLE ALWAYS TRIGGER xinqiao_note_emptied;
COMMIT;
-- The user in agent.json reads both: GRANT SELECT ON ${table}, ${changes} TO …;`;
}

/** The routine looks nowhere but where it is told. */
function qualified(table: string): string {
  return quotedTable(table.includes(".") ? table : `public.${table}`);
}

function sqliteSql(config: NotedTable): string {
  // A trigger stands beside its table: neither is named with a schema.
  const [tableName, changesName] = [bare(config.table), bare(changeTableOf(config))];
  const [changes, key] = [quoted(changesName), quoted(config.key)];
  const note = (row: "new" | "old") =>
    `  DELETE FROM ${changes} WHERE key IS ${row}.${key};\n  INSERT INTO ${changes} (key) VALUES (${row}.${key});`;
  const trigger = (on: string, name: string, body: readonly string[]) =>
    `CREATE TRIGGER ${quoted(`${changesName}_${name}`)} AFTER ${on} ON ${quoted(tableName)} BEGIN\n${body.join("\n")}\nEND;`;
  return [
    "BEGIN;",
    "-- One row a key, its newest change.",
    `CREATE TABLE ${changes} (n INTEGER PRIMARY KEY AUTOINCREMENT, xid INTEGER NOT NULL DEFAULT 0, key UNIQUE);`,
    `CREATE INDEX ${quoted(`${changesName}_order`)} ON ${changes} (xid, n);`,
    trigger("INSERT", "added", [note("new")]),
    trigger("UPDATE", "changed", [note("old"), note("new")]),
    trigger("DELETE", "dropped", [note("old")]),
    "COMMIT;",
  ].join("\n");
}

const bare = (table: string): string => table.split(".").at(-1) ?? table;
