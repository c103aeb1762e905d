import { caseKinds, caseLogSchema, readCase } from "@xinqiao/protocol/cases";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { recordStates } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { CaseBook, CaseNews, KeptCase, TakenStep } from "../../cases/index.ts";

/** Objections and repairs (PR-CASES). */
export const caseSchema = `
  CREATE TABLE IF NOT EXISTS raised_case (
    id           TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    source       TEXT NOT NULL,
    record       TEXT NOT NULL,
    raised_by    TEXT NOT NULL,
    -- Seconds since 1970.
    opened_at    INTEGER NOT NULL,
    -- Of the record, from which on it is as decided; none while it is not.
    from_version INTEGER,
    -- Whose turn it is, and its last day; and the last day of which it was said that it is over.
    due_by       TEXT,
    due_on       TEXT,
    late_on      TEXT,
    -- Whether a version has come that is as decided.
    settled      INTEGER NOT NULL DEFAULT 0,
    -- Of its newest step.
    position     INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS case_unsettled ON raised_case (source, record) WHERE NOT settled;
  CREATE INDEX IF NOT EXISTS case_of_source ON raised_case (source, position);
  CREATE INDEX IF NOT EXISTS case_of_raiser ON raised_case (raised_by, position);
  CREATE INDEX IF NOT EXISTS case_undecided ON raised_case (raised_by, source, record, kind) WHERE from_version IS NULL;
  CREATE INDEX IF NOT EXISTS case_due ON raised_case (due_on) WHERE due_on IS NOT NULL;

  -- Steps as they were signed, of all cases in one order.
  CREATE TABLE IF NOT EXISTS case_step (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    text     TEXT NOT NULL,
    -- Where it stands in the log.
    log      TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS case_step_of ON case_step (id, position);

  -- What the city's people have found, until the gateway has signed it.
  CREATE TABLE IF NOT EXISTS case_check (
    id      TEXT NOT NULL PRIMARY KEY,
    finding TEXT NOT NULL,
    -- As the gateway has signed it: what was interrupted is gone on with as the same step.
    text    TEXT
  ) STRICT, WITHOUT ROWID;
`;

const dueSchema = z
  .object({ by: nodeIdSchema.nullable(), on: z.string().nullable() })
  .transform(({ by, on }) => (by === null || on === null ? undefined : { by, on }));
const rowSchema = z.object({ id: z.string(), position: z.number() });
const stepSchema = z.object({ text: z.string(), sha256: z.string(), log: z.string() });
const overdueSchema = z.object({ case: z.string(), kind: z.enum(caseKinds) });
const checkSchema = z
  .object({ case: z.string(), finding: z.enum(["same", "differs"]), text: z.string().nullable() })
  .transform(({ text, ...check }) => ({ ...check, ...(text !== null && { text }) }));
const disputableSchema = z.object({
  item: itemCodeSchema,
  jurisdiction: jurisdictionSchema,
  state: z.enum(recordStates),
  until: z.string().nullable(),
});

type Statements = ReturnType<typeof prepare>;

export function createHubCases(database: Database): Omit<CaseBook, "durable"> {
  const sql = prepare(database);
  const keep = database.transaction(({ step, text, sha256, case: held, due, log }: TakenStep) => {
    const { opened, decided } = held;
    const { case: id, kind, source, record, iss: raisedBy, iat: openedAt } = opened;
    const position = sql.addStep.run(id, sha256, text, JSON.stringify(log)).lastInsertRowid;
    if (step.step === "checked") sql.dropCheck.run(id);
    const [fromVersion, by, on] = [decided?.version ?? null, due?.by ?? null, due?.on ?? null];
    sql.keep.run({ id, kind, source, record, raisedBy, openedAt, position, fromVersion, by, on });
  });
  return {
    ...createReading(sql),
    hasOpen: ({ iss, source, record, kind }) =>
      sql.undecided.get({ iss, source, record, kind }) !== undefined,
    keepStep: (taken) => keep.immediate(taken),
    leaveCheck: ({ case: id, finding }) => void sql.leaveCheck.run(id, finding),
    pendingChecks: () => sql.checks.all().map((row) => checkSchema.parse(row)),
    keepCheck: (id, text) => void sql.keepCheck.run(text, id),
    dropCheck: (id) => void sql.dropCheck.run(id),
    saidCaseOverdue: ({ case: id, due }) => void sql.saidOverdue.run(due.on, id),
  };
}

function createReading(
  sql: Statements,
): Pick<CaseBook, "caseOf" | "cases" | "disputable" | "overdueCases" | "isStepAt" | "newsOf"> {
  const stepsOf = (id: string) => sql.steps.all(id).map((row) => stepSchema.parse(row));
  const keptOf = (row: unknown): KeptCase | undefined => {
    const { id } = rowSchema.parse(row);
    const steps = stepsOf(id).map(({ log, ...step }) => ({
      ...step,
      log: caseLogSchema.parse(JSON.parse(log)),
    }));
    const held = readCase(steps.map(({ text }) => text));
    return held && { case: held, steps, due: dueSchema.parse(row) };
  };
  const newsOf = (row: unknown): CaseNews => {
    const { id, position } = rowSchema.parse(row);
    const steps = stepsOf(id);
    const due = dueSchema.parse(row);
    const head = steps.at(-1)?.sha256 ?? null;
    return { id, position, head, steps: steps.map(({ text }) => text), ...(due !== undefined && { due }) };
  };
  return {
    caseOf(id) {
      const row = sql.one.get(id);
      return row === undefined ? undefined : keptOf(row);
    },
    cases: (limit) => sql.list.all(limit).flatMap((row) => keptOf(row) ?? []),
    disputable(source, record) {
      const row = disputableSchema.optional().parse(sql.disputable.get(source, record));
      if (row === undefined) return undefined;
      const { until, ...about } = row;
      return { ...about, ...(until !== null && { disclosedUntil: until }) };
    },
    overdueCases: (today) =>
      sql.overdue.all(today).flatMap((row) => {
        const due = dueSchema.parse(row);
        return due === undefined ? [] : { ...overdueSchema.parse(row), due };
      }),
    isStepAt: ({ position, head }) => position === 0 || sql.at.get(position, head) !== undefined,
    newsOf: (node, position, limit) => sql.news.all({ node, position, limit }).map(newsOf),
  };
}

const columns = 'id, position, due_by AS "by", due_on AS "on"';

function prepare(database: Database) {
  return {
    addStep: database.prepare<[string, string, string, string]>(
      "INSERT INTO case_step (id, sha256, text, log) VALUES (?, ?, ?, ?)",
    ),
    keep: database.prepare(
      `INSERT INTO raised_case (id, kind, source, record, raised_by, opened_at, from_version, due_by, due_on, position)
       VALUES (@id, @kind, @source, @record, @raisedBy, @openedAt, @fromVersion, @by, @on, @position)
       ON CONFLICT (id) DO UPDATE SET from_version = excluded.from_version, due_by = excluded.due_by,
         due_on = excluded.due_on, position = excluded.position`,
    ),
    one: database.prepare<[string]>(`SELECT ${columns} FROM raised_case WHERE id = ?`),
    list: database.prepare<[number]>(
      `SELECT ${columns} FROM raised_case ORDER BY due_on IS NULL, due_on, position DESC LIMIT ?`,
    ),
    steps: database.prepare<[string]>(
      "SELECT text, sha256, log FROM case_step WHERE id = ? ORDER BY position",
    ),
    undecided: database.prepare(
      `SELECT 1 FROM raised_case
       WHERE raised_by = @iss AND source = @source AND record = @record AND kind = @kind AND from_version IS NULL`,
    ),
    disputable: database.prepare<[string, string]>(
      `SELECT held.item, jurisdiction, state, until FROM held JOIN change USING (position, seq) WHERE source = ? AND record = ?`,
    ),
    leaveCheck: database.prepare<[string, string]>(
      `INSERT INTO case_check (id, finding) VALUES (?, ?) ON CONFLICT (id) DO UPDATE
       SET finding = excluded.finding, text = CASE WHEN finding = excluded.finding THEN text END`,
    ),
    checks: database.prepare('SELECT id AS "case", finding, text FROM case_check'),
    keepCheck: database.prepare<[string, string]>("UPDATE case_check SET text = ? WHERE id = ?"),
    dropCheck: database.prepare<[string]>("DELETE FROM case_check WHERE id = ?"),
    overdue: database.prepare<[string]>(
      `SELECT id AS "case", kind, due_by AS "by", due_on AS "on" FROM raised_case
       WHERE due_on < ? AND (late_on IS NULL OR late_on <> due_on) ORDER BY due_on`,
    ),
    saidOverdue: database.prepare<[string, string]>("UPDATE raised_case SET late_on = ? WHERE id = ?"),
    at: database.prepare<[number, string | null]>(
      "SELECT 1 FROM case_step WHERE position = ? AND sha256 = ?",
    ),
    news: database.prepare<[{ node: NodeId; position: number; limit: number }]>(
      `SELECT ${columns} FROM raised_case WHERE source = @node AND position > @position
       UNION SELECT ${columns} FROM raised_case WHERE raised_by = @node AND position > @position
       ORDER BY position LIMIT @limit`,
    ),
  };
}
