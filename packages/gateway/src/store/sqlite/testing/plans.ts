import Database from "better-sqlite3";
import { z } from "zod";

const stepSchema = z.object({ detail: z.string() });

/** Statements that something has run on a file, with the values that they were run with; not what triggers run. */
export function statementsOf(path: string, run: (database: Database.Database) => void): readonly string[] {
  const said: string[] = [];
  const database = new Database(path, { verbose: (sql) => said.push(String(sql)) });
  run(database);
  database.close();
  // What a trigger runs is a comment.
  return said.filter((sql) => /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)/.test(sql));
}

/** How SQLite goes about each of them. */
export function plansOf(path: string, run: (database: Database.Database) => void): readonly string[] {
  const statements = statementsOf(path, run);
  const database = new Database(path, { readonly: true });
  const plans = statements.flatMap((sql) => database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
  database.close();
  return plans.map((step) => stepSchema.parse(step).detail);
}
