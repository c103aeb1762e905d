import { readCase } from "@xinqiao/protocol/cases";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { CaseShelf, HeldCase } from "../cases/index.ts";

const rowSchema = z.object({
  steps: z.string(),
  dueBy: nodeIdSchema.nullable(),
  dueOn: z.string().nullable(),
  sinceVersion: z.number().nullable(),
  settled: z.number(),
});
const stepsSchema = z.array(z.string());
const placeSchema = z.object({ position: z.number(), head: z.string().nullable() });
const columns = 'steps, due_by AS "dueBy", due_on AS "dueOn", since_version AS "sinceVersion", settled';

/** The steps as they were signed say what a case is. */
function heldOf(row: unknown): HeldCase | undefined {
  const { steps: text, dueBy, dueOn, sinceVersion, settled } = rowSchema.parse(row);
  const steps = stepsSchema.parse(JSON.parse(text));
  const held = readCase(steps);
  const due = dueBy === null || dueOn === null ? undefined : { by: dueBy, on: dueOn };
  return held && { case: held, steps, due, sinceVersion: sinceVersion ?? undefined, settled: settled === 1 };
}

export function createCaseShelf(database: Database): CaseShelf {
  const sql = {
    begin: database.prepare(
      "INSERT INTO case_reading (one, position, head) VALUES (1, 0, NULL) ON CONFLICT DO NOTHING",
    ),
    place: database.prepare("SELECT position, head FROM case_reading"),
    move: database.prepare(
      `INSERT INTO case_reading (one, position, head) VALUES (1, @position, @head)
       ON CONFLICT (one) DO UPDATE SET position = excluded.position, head = excluded.head`,
    ),
    find: database.prepare<[string]>(`SELECT ${columns} FROM case_file WHERE id = ?`),
    all: database.prepare(`SELECT ${columns} FROM case_file ORDER BY rowid`),
    put: database.prepare(
      `INSERT INTO case_file (id, steps, due_by, due_on) VALUES (@id, @text, @by, @on)
       ON CONFLICT (id) DO UPDATE SET steps = excluded.steps, due_by = excluded.due_by, due_on = excluded.due_on`,
    ),
    annotated: database.prepare<[number, string]>("UPDATE case_file SET since_version = ? WHERE id = ?"),
    settle: database.prepare<[string]>("UPDATE case_file SET settled = 1 WHERE id = ?"),
  };
  const place = () => placeSchema.optional().parse(sql.place.get());
  return {
    any: () => place() !== undefined,
    begin: () => void sql.begin.run(),
    place: () => place() ?? { position: 0, head: null },
    readTo: (to) => void sql.move.run(to),
    find(id) {
      const row = sql.find.get(id);
      return row === undefined ? undefined : heldOf(row);
    },
    all: () => sql.all.all().flatMap((row) => heldOf(row) ?? []),
    put: ({ case: { opened }, steps, due }) =>
      void sql.put.run({
        id: opened.case,
        text: JSON.stringify(steps),
        by: due?.by ?? null,
        on: due?.on ?? null,
      }),
    annotated: (id, version) => void sql.annotated.run(version, id),
    settle: (id) => void sql.settle.run(id),
  };
}
