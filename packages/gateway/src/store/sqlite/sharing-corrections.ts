import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { correctionSchema, lineHash } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Acknowledged, Hub, KeptReceipt, OpenedCorrection, PageToTake } from "../../sharing/index.ts";

const rowSchema = z
  .object({ ...correctionSchema.shape, id: z.number(), statement: z.string().nullable() })
  .transform(({ id, statement, ...correction }) => ({ id, statement, correction }));

const holderSchema = z.object({
  node: nodeIdSchema,
  at: z.number().nullable(),
  receipt: z.string().nullable(),
});

const columns = 'id, source, feed, seq, change, effect, opened_at AS "openedAt", statement';

/** Corrections, and who has acknowledged them. */
export function createHubCorrections(database: Database) {
  const sql = prepare(database);
  const holdersOf = (id: number) => sql.holders.all(id).map((row) => holderSchema.parse(row));

  function acknowledged(row: unknown): Acknowledged {
    const { id, correction } = rowSchema.parse(row);
    const holders = holdersOf(id).flatMap(({ node, at, receipt }) =>
      at === null || receipt === null ? [] : [{ node, at, receipt }],
    );
    return { ...correction, id, holders };
  }

  const acknowledge = database.transaction((holder: NodeId, receipts: readonly KeptReceipt[], at: number) => {
    const seconds = Math.floor(at / 1000);
    for (const { receipt, text, sha256 } of receipts) {
      const { source, feed, upTo } = receipt;
      sql.receipt.run({ holder, source, feed, upTo, text, at });
      sql.acknowledge.run({ holder, source, feed, upTo, receipt: sha256, at: seconds });
    }
    return sql.whole.all().map(acknowledged);
  });

  const port: Pick<Hub, "acknowledge" | "acknowledged" | "complete" | "corrections"> = {
    acknowledge: (holder, receipts, at) => acknowledge.immediate(holder, receipts, at),
    acknowledged: () => sql.whole.all().map(acknowledged),
    complete: (id, statement, at) => void sql.complete.run(Math.floor(at / 1000), statement, id),
    corrections: (source, limit) =>
      sql.list.all(source, limit).map((row) => {
        const { id, statement, correction } = rowSchema.parse(row);
        const holders = holdersOf(id).map(({ node, at }) => ({
          node,
          ...(at !== null && { acknowledgedAt: at }),
        }));
        return { ...correction, holders, ...(statement !== null && { completion: statement }) };
      }),
  };
  return {
    port,
    /** A feed has told everything anew: whoever has applied it up to here has the corrections of the one before, too. */
    postpone: ({ source, page: { feed, last: upTo } }: PageToTake) =>
      void sql.postpone.run({ source, feed, upTo }),
    /** Part of the transaction that takes the page. */
    open(correction: Omit<OpenedCorrection, "change">, { changes }: PageToTake): OpenedCorrection {
      const line = changes.find(({ change }) => change.seq === correction.seq)?.line;
      if (line === undefined) throw new Error("a correction without its change");
      const { holders, ...opened } = { ...correction, change: lineHash(line) };
      const id = Number(sql.open.run(opened).lastInsertRowid);
      for (const node of holders) sql.wait.run(id, node);
      return { ...opened, holders };
    },
  };
}

function prepare(database: Database) {
  return {
    open: database.prepare(
      `INSERT INTO correction (source, feed, seq, change, effect, opened_at, due_feed, due_seq)
       VALUES (@source, @feed, @seq, @change, @effect, @openedAt, @feed, @seq)`,
    ),
    postpone: database.prepare(
      `UPDATE correction SET due_feed = @feed, due_seq = @upTo
       WHERE completed_at IS NULL AND source = @source AND due_feed <> @feed`,
    ),
    wait: database.prepare("INSERT INTO correction_holder (correction, node) VALUES (?, ?)"),
    receipt: database.prepare(
      `INSERT OR REPLACE INTO receipt (holder, source, feed, up_to, text, at)
       VALUES (@holder, @source, @feed, @upTo, @text, @at)`,
    ),
    acknowledge: database.prepare(
      `UPDATE correction_holder SET at = @at, receipt = @receipt
       WHERE node = @holder AND receipt IS NULL AND correction IN (
         SELECT id FROM correction WHERE completed_at IS NULL AND source = @source AND due_feed = @feed AND due_seq <= @upTo)`,
    ),
    whole: database.prepare(
      `SELECT ${columns} FROM correction WHERE completed_at IS NULL AND NOT EXISTS (
         SELECT 1 FROM correction_holder WHERE correction = correction.id AND receipt IS NULL)`,
    ),
    holders: database.prepare(
      "SELECT node, at, receipt FROM correction_holder WHERE correction = ? ORDER BY node",
    ),
    complete: database.prepare("UPDATE correction SET completed_at = ?, statement = ? WHERE id = ?"),
    list: database.prepare(`SELECT ${columns} FROM correction WHERE source = ? ORDER BY id DESC LIMIT ?`),
  };
}
