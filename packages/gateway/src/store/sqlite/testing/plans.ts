import Database from "better-sqlite3";
import { z } from "zod";

const stepSchema = z.object({ detail: z.string() });

/** How SQLite goes about each statement that something has it run on a file, with the values that it was run with. */
export function plansOf(path: string, run: (database: Database.Database) => void): readonly string[] {
  const said: string[] = [];
  const database = new Database(path, { verbose: (sql) => said.push(String(sql)) });
  run(database);
  // What a trigger runs is a comment.
  const statements = said.splice(0).filter((sql) => /^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(sql));
  const plans = statements.flatMap((sql) => database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
  database.close();
  return plans.map((step) => stepSchema.parse(step).detail);
}
