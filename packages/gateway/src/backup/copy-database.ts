import Database from "better-sqlite3";

interface Table {
  readonly name: string;
  readonly sql: string;
}

/**
 * One moment of a database that others go on writing to, as a new file: nothing that was ever deleted, and nothing of
 * the tables that are left out, is in any byte of it. On the disk when it returns.
 */
export function copyDatabase(from: string, to: string, wanted: (table: string) => boolean): void {
  const copy = new Database(to);
  try {
    copy.prepare("ATTACH ? AS source").run(from);
    copy.pragma("busy_timeout = 5000");
    const tables = copy.prepare<[string], Table>(
      "SELECT name, sql FROM source.sqlite_master WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
    );
    const version = Number(copy.pragma("source.user_version", { simple: true }));
    copy.transaction(() => {
      for (const { name, sql } of tables.all("table")) {
        copy.exec(sql);
        if (wanted(name)) copy.exec(`INSERT INTO main."${name}" SELECT * FROM source."${name}"`);
      }
      for (const { sql } of tables.all("index")) copy.exec(sql);
      copyNumbering(copy);
      copy.pragma(`main.user_version = ${version}`);
    })();
    copy.exec("DETACH source");
  } finally {
    copy.close();
  }
}

/** Numbers that were given out are not given out again. */
function copyNumbering(copy: Database.Database): void {
  const used = copy.prepare("SELECT 1 FROM source.sqlite_master WHERE name = 'sqlite_sequence'").get();
  if (used === undefined) return;
  copy.exec("DELETE FROM main.sqlite_sequence");
  copy.exec("INSERT INTO main.sqlite_sequence SELECT name, seq FROM source.sqlite_sequence");
}
