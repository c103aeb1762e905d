import { type DeliveredCase, deliveredCaseSchema, stepHash } from "@xinqiao/protocol/cases";
import type { Database } from "better-sqlite3";
import type { CaseShelf } from "../cases/index.ts";

const firstOf = ({ steps: [first = ""] }: DeliveredCase): string => stepHash(first);

/** What is not on the shelf yet: steps on their way to the city, and cases that do not open. */
export function createCaseTray(
  database: Database,
): Pick<CaseShelf, "keepUnsent" | "unsent" | "dropUnsent" | "setAside" | "aside" | "takeUp"> {
  const sql = {
    keepUnsent: database.prepare<[string, string]>(
      "INSERT INTO case_unsent (id, text) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text",
    ),
    unsent: database.prepare<[string], string>("SELECT text FROM case_unsent WHERE id = ?").pluck(),
    dropUnsent: database.prepare<[string]>("DELETE FROM case_unsent WHERE id = ?"),
    setAside: database.prepare(
      `INSERT INTO case_unopened (first, delivered) VALUES (@first, @delivered)
       ON CONFLICT (first) DO UPDATE SET delivered = excluded.delivered`,
    ),
    aside: database.prepare<[], string>("SELECT delivered FROM case_unopened ORDER BY first").pluck(),
    takeUp: database.prepare<[string]>("DELETE FROM case_unopened WHERE first = ?"),
  };
  return {
    keepUnsent: (id, text) => void sql.keepUnsent.run(id, text),
    unsent: (id) => sql.unsent.get(id),
    dropUnsent: (id) => void sql.dropUnsent.run(id),
    setAside: (delivered) =>
      void sql.setAside.run({ first: firstOf(delivered), delivered: JSON.stringify(delivered) }),
    aside: () => sql.aside.all().map((text) => deliveredCaseSchema.parse(JSON.parse(text))),
    takeUp: (delivered) => void sql.takeUp.run(firstOf(delivered)),
  };
}
