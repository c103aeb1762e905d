import { caseKinds, readCase } from "@xinqiao/protocol/cases";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { CaseShelf, HeldCase } from "../cases/index.ts";
import { createCaseTray } from "./case-tray.ts";

const rowSchema = z.object({
  steps: z.string(),
  dueBy: nodeIdSchema.nullable(),
  dueOn: z.string().nullable(),
  content: z.string().nullable(),
  settled: z.number(),
});
const stepsSchema = z.array(z.string());
const placeSchema = z.object({ position: z.number(), head: z.string().nullable() });
const columns = 'steps, due_by AS "dueBy", due_on AS "dueOn", content, settled';

/** The steps as they were signed say what a case is. */
function heldOf(row: unknown): HeldCase | undefined {
  const { steps: text, dueBy, dueOn, content, settled } = rowSchema.parse(row);
  const steps = stepsSchema.parse(JSON.parse(text));
  const held = readCase(steps);
  const due = dueBy === null || dueOn === null ? undefined : { by: dueBy, on: dueOn };
  return held && { case: held, steps, due, content: content ?? undefined, settled: settled === 1 };
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
    all: database.prepare(`SELECT ${columns} FROM case_file ORDER BY due_on IS NULL, due_on, rowid DESC`),
    put: database.prepare(
      `INSERT INTO case_file (id, source, record, kind, outcome, steps, due_by, due_on)
       VALUES (@id, @source, @record, @kind, @outcome, @text, @by, @on)
       ON CONFLICT (id) DO UPDATE SET source = excluded.source, record = excluded.record, kind = excluded.kind,
         outcome = excluded.outcome, settled = settled AND excluded.outcome IS NOT NULL, steps = excluded.steps, due_by = excluded.due_by, due_on = excluded.due_on`,
    ),
    unread: database.prepare(`SELECT ${columns} FROM case_file WHERE source IS NULL`),
    others: database
      .prepare<[string, string, string], string>(
        "SELECT kind FROM case_file WHERE source = ? AND record = ? AND id <> ? AND outcome IS NULL ORDER BY rowid",
      )
      .pluck(),
    unapplied: database.prepare<[string]>(
      `SELECT ${columns} FROM case_file
       WHERE source = ? AND settled = 0 AND (outcome IS NOT NULL OR content IS NULL)
         AND EXISTS (SELECT 1 FROM record WHERE record.id = case_file.record)
       ORDER BY rowid`,
    ),
    begun: database.prepare<[string, string]>("UPDATE case_file SET content = ? WHERE id = ?"),
    settle: database.prepare<[string]>("UPDATE case_file SET settled = 1 WHERE id = ?"),
  };
  const place = () => placeSchema.optional().parse(sql.place.get());
  const put: CaseShelf["put"] = ({ case: { opened, decided }, steps, due }) => {
    const { case: id, source, record, kind } = opened;
    const [outcome, by, on] = [decided?.outcome ?? null, due?.by ?? null, due?.on ?? null];
    sql.put.run({ id, source, record, kind, outcome, text: JSON.stringify(steps), by, on });
  };
  // Of a version that had no columns for what the steps say.
  for (const held of sql.unread.all().flatMap((row) => heldOf(row) ?? [])) put(held);
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
    othersAbout: ({ source, record, case: id }) =>
      sql.others.all(source, record, id).map((kind) => z.enum(caseKinds).parse(kind)),
    unapplied: (source) => sql.unapplied.all(source).flatMap((row) => heldOf(row) ?? []),
    put,
    ...createCaseTray(database),
    begun: (id, content) => void sql.begun.run(content, id),
    settle: (id) => void sql.settle.run(id),
  };
}
