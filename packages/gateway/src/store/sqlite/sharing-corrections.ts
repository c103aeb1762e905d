import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { type Correction, correctionSchema, lineHash, type Receipt } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type {
  Acknowledged,
  CorrectionBook,
  KeptReceipt,
  OpenedCorrection,
  PageToTake,
} from "../../sharing/index.ts";

const rowSchema = z
  .object({ ...correctionSchema.shape, id: z.number(), statement: z.string().nullable() })
  .transform(({ id, statement, ...correction }) => ({ id, statement, correction }));

const namedSchema = z.object({ record: z.string() });
const recordOf = (row: unknown) => namedSchema.parse(row).record;

const holderSchema = z.object({
  node: nodeIdSchema,
  at: z.number().nullable(),
  receipt: z.string().nullable(),
});

/** Most that are looked at in one go. */
const most = 100;

/** Most that are changed in one turn: some milliseconds of work. */
const mostChanged = 500;

/** Of a feed as far as it goes. */
const allOfIt = { upTo: Number.MAX_SAFE_INTEGER, refused: "[]" };

/** Where fewer wait for a holder it is quicker to look at each of them than at all that its receipt is for. */
const few = 1_000;

const nodesSchema = z.array(nodeIdSchema);

const about = 'id, source, feed, seq, change, effect, opened_at AS "openedAt", due_on AS "dueOn"';
const columns = `${about}, statement`;

/** A statement that is not in the log yet is nobody's. */
const said = `${about}, iif(completed_at IS NULL, NULL, statement) AS statement`;

/** Corrections, and who has acknowledged them. */
export function createHubCorrections(database: Database) {
  const sql = prepare(database);
  const holdersOf = (id: number) => sql.holders.all(id).map((row) => holderSchema.parse(row));

  function acknowledged(row: unknown): Acknowledged {
    const { id, correction, statement } = rowSchema.parse(row);
    const all = holdersOf(id);
    const holders = all.flatMap(({ node, at, receipt }) =>
      at === null || receipt === null ? [] : [{ node, at, receipt }],
    );
    const gone = all.filter(({ receipt }) => receipt === null).map(({ node }) => node);
    return { ...correction, id, holders, gone, statement };
  }

  function opened(row: unknown): OpenedCorrection {
    const { id, correction } = rowSchema.parse(row);
    return { ...correction, id, holders: holdersOf(id).map(({ node }) => node) };
  }

  /** A feed has told everything anew: whoever has applied it up to there has the corrections of those before it, too. */
  function replacedBy({ source, feed, upTo }: Receipt): readonly string[] {
    const isWhole = sql.isTold.get(source, feed, upTo) !== undefined;
    return isWhole ? sql.dueBefore.all({ source, feed }) : [];
  }

  const acknowledge = database.transaction((holder: NodeId, receipts: readonly KeptReceipt[], at: number) => {
    const seconds = Math.floor(at / 1000);
    for (const { receipt, text, sha256 } of receipts) {
      const { source, feed, upTo } = receipt;
      sql.receipt.run({ holder, source, feed, upTo, text, at });
      const refused = JSON.stringify(receipt.refused.map(({ seq }) => seq));
      const given = { holder, source, receipt: sha256, at: seconds };
      const places = [
        { feed, upTo, refused },
        ...replacedBy(receipt).map((replaced) => ({ feed: replaced, ...allOfIt })),
      ];
      // One that is away may leave hundreds of thousands open, which are nothing to another's receipt.
      const way = (sql.waitsFor.get(holder, few) ?? 0) < few ? "acknowledgeFew" : "acknowledge";
      const changed = places.map((place) => sql[way].run({ ...given, ...place }).changes);
      if (changed.some((changes) => changes > 0)) sql.name.run(sha256, text);
    }
  });

  const port: CorrectionBook = {
    acknowledge: (holder, receipts, at) => acknowledge.immediate(holder, receipts, at),
    setGone(holder, isGone, after = 0) {
      const which = { holder, was: Number(!isGone), after };
      const end = sql.goneEnd.get({ ...which, skipped: mostChanged - 1 });
      sql.setGone.run({ ...which, end: end ?? Number.MAX_SAFE_INTEGER });
      return end;
    },
    unannounced: () => sql.unannounced.all().map(opened),
    announced: (id) => void sql.announced.run(id),
    overdue: (today) =>
      sql.overdue.all(today).map((row) => {
        const { id, correction } = rowSchema.parse(row);
        return { ...correction, id, holders: nodesSchema.parse(sql.late.all(id)) };
      }),
    saidOverdue: (id) => void sql.saidOverdue.run(id),
    acknowledged: () => sql.whole.all().map(acknowledged),
    keepStatement: (id, statement) => void sql.sign.run(statement, id),
    complete: (id, at) => void sql.complete.run(Math.floor(at / 1000), id),
    corrections: (source, limit) =>
      sql.list.all(source, limit).map((row) => {
        const { id, statement, correction } = rowSchema.parse(row);
        const holders = holdersOf(id).map(({ node, at }) => ({
          node,
          ...(at !== null && { acknowledgedAt: at }),
        }));
        return {
          ...correction,
          record: recordOf(row),
          holders,
          ...(statement !== null && { completion: statement }),
        };
      }),
  };
  return { port, ...createOpening(sql) };
}

interface Begun extends Correction {
  readonly record: string;
  /** Seconds since 1970; null where nobody knows. */
  readonly decidedAt: number | null;
  readonly holders: readonly NodeId[];
}

/** How corrections begin: parts of the transaction that takes a page. */
function createOpening(sql: ReturnType<typeof prepare>) {
  function begin({ holders, ...row }: Begun, due: Pick<Correction, "feed" | "seq">): number {
    const waits = { waiting: holders.length, dueFeed: due.feed, dueSeq: due.seq };
    const id = Number(sql.open.run({ ...row, ...waits }).lastInsertRowid);
    for (const node of holders) sql.wait.run(id, node);
    return id;
  }
  return {
    /**
     * A newer version has come, and the line of the one before is blank: whoever had not acknowledged that one still holds
     * an older, and has the newer only.
     * @returns those who had not, those named as gone among them
     */
    supersede(
      source: NodeId,
      record: string,
      { feed, seq }: Pick<Correction, "feed" | "seq">,
    ): readonly NodeId[] {
      const waiting = nodesSchema.parse(sql.waiting.all(source, record));
      if (waiting.length > 0) sql.defer.run({ source, record, feed, seq });
      return waiting;
    },
    /** What a whole feed has not named is withdrawn: whoever has applied that feed up to here has dropped it. */
    withdraw(
      { record, ...correction }: Omit<OpenedCorrection, "effect" | "id"> & { readonly record: string },
      { page: { feed, last } }: Pick<PageToTake, "page">,
    ): void {
      begin({ ...correction, record, effect: "withdrawn", decidedAt: null }, { feed, seq: last });
    },
    open(correction: Omit<OpenedCorrection, "change" | "id">, { changes }: PageToTake): OpenedCorrection {
      const taken = changes.find(({ change }) => change.seq === correction.seq);
      if (taken === undefined) throw new Error("a correction without its change");
      const { holders, ...begun } = { ...correction, change: lineHash(taken.line) };
      const { id: record, recordedAt } = taken.change.record;
      // A source whose clock is ahead has not decided after the city knew.
      const decidedAt = Math.min(Math.floor(Date.parse(recordedAt) / 1000), begun.openedAt);
      const id = begin({ ...correction, ...begun, record, decidedAt }, correction);
      return { ...begun, id, holders };
    },
  };
}

function prepare(database: Database) {
  return {
    ...prepareHolding(database),
    open: database.prepare(
      `INSERT INTO correction (source, feed, seq, record, change, effect, opened_at, decided_at, due_on, due_feed, due_seq, waiting)
       VALUES (@source, @feed, @seq, @record, @change, @effect, @openedAt, @decidedAt, @dueOn, @dueFeed, @dueSeq, @waiting)`,
    ),
    waiting: database
      .prepare<[string, string], string>(
        `SELECT DISTINCT node FROM correction_holder JOIN correction ON correction.id = correction_holder.correction
         WHERE source = ? AND record = ? AND receipt IS NULL`,
      )
      .pluck(),
    defer: database.prepare(
      `UPDATE correction SET due_feed = @feed, due_seq = @seq
       WHERE source = @source AND record = @record AND completed_at IS NULL`,
    ),
    wait: database.prepare("INSERT INTO correction_holder (correction, node) VALUES (?, ?)"),
    unannounced: database.prepare(
      `SELECT ${columns} FROM correction WHERE NOT announced ORDER BY id LIMIT ${most}`,
    ),
    announced: database.prepare("UPDATE correction SET announced = 1 WHERE id = ?"),
    whole: database.prepare(
      `SELECT ${columns} FROM correction WHERE completed_at IS NULL AND (waiting = 0 OR statement IS NOT NULL) AND announced
       ORDER BY id LIMIT ${most}`,
    ),
    overdue: database.prepare(
      `SELECT ${columns} FROM correction
       WHERE completed_at IS NULL AND waiting > 0 AND NOT overdue AND announced AND due_on < ? LIMIT ${most}`,
    ),
    saidOverdue: database.prepare("UPDATE correction SET overdue = 1 WHERE id = ?"),
    late: database
      .prepare<[number], string>(
        "SELECT node FROM correction_holder WHERE correction = ? AND receipt IS NULL AND NOT gone ORDER BY node",
      )
      .pluck(),
    holders: database.prepare(
      "SELECT node, at, receipt FROM correction_holder WHERE correction = ? ORDER BY node",
    ),
    sign: database.prepare("UPDATE correction SET statement = ? WHERE id = ?"),
    complete: database.prepare("UPDATE correction SET completed_at = ? WHERE id = ?"),
    list: database.prepare(
      `SELECT ${said}, record FROM correction WHERE source = ? ORDER BY id DESC LIMIT ?`,
    ),
  };
}

const acknowledge =
  "UPDATE correction_holder SET at = @at, receipt = @receipt WHERE node = @holder AND receipt IS NULL";
const due = `completed_at IS NULL AND source = @source AND due_feed = @feed
  AND due_seq <= @upTo AND due_seq NOT IN (SELECT value FROM json_each(@refused))`;

/** What a holder has not acknowledged, and is waited for or not, behind a place. */
const waited = "node = @holder AND gone = @was AND receipt IS NULL AND correction > @after";

const firstOf = (feed: string) =>
  `SELECT position FROM page WHERE source = @source AND page.feed = ${feed} ORDER BY last LIMIT 1`;

/** What changes who is waited for. */
function prepareHolding(database: Database) {
  return {
    receipt: database.prepare(
      `INSERT OR REPLACE INTO receipt (holder, source, feed, up_to, text, at)
       VALUES (@holder, @source, @feed, @upTo, @text, @at)`,
    ),
    isTold: database.prepare<[string, string, number], object>(
      "SELECT 1 FROM source WHERE node = ? AND told_feed = ? AND told_seq <= ?",
    ),
    // Feeds that a correction is due in: one seek for each. Of two feeds the one before has its first page before.
    dueBefore: database
      .prepare<[object], string>(
        `WITH RECURSIVE due (feed) AS (
           SELECT min(due_feed) FROM correction WHERE completed_at IS NULL AND source = @source
           UNION ALL
           SELECT (SELECT min(due_feed) FROM correction
             WHERE completed_at IS NULL AND source = @source AND due_feed > due.feed)
           FROM due WHERE due.feed IS NOT NULL)
         SELECT feed FROM due WHERE (${firstOf("due.feed")}) < (${firstOf("@feed")})`,
      )
      .pluck(),
    waitsFor: database
      .prepare<[string, number], number>(
        "SELECT count(*) FROM (SELECT 1 FROM correction_holder WHERE node = ? AND receipt IS NULL LIMIT ?)",
      )
      .pluck(),
    acknowledge: database.prepare(
      `${acknowledge} AND correction IN (SELECT id FROM correction WHERE ${due})`,
    ),
    acknowledgeFew: database.prepare(
      `${acknowledge} AND EXISTS (SELECT 1 FROM correction WHERE id = correction_holder.correction AND ${due})`,
    ),
    name: database.prepare("INSERT INTO named_receipt (sha256, text) VALUES (?, ?) ON CONFLICT DO NOTHING"),
    goneEnd: database
      .prepare<[object], number>(
        `SELECT correction FROM correction_holder WHERE ${waited} ORDER BY correction LIMIT 1 OFFSET @skipped`,
      )
      .pluck(),
    setGone: database.prepare(
      `UPDATE correction_holder SET gone = NOT @was WHERE ${waited} AND correction <= @end
         AND EXISTS (SELECT 1 FROM correction WHERE id = correction_holder.correction AND completed_at IS NULL)`,
    ),
  };
}
