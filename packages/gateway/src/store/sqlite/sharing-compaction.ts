import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { BlankTerms, Compaction, EndedPlace } from "../../sharing/index.ts";
import { isReader } from "./sharing-attendance.ts";
import { createForgotten } from "./sharing-scores.ts";

export function createHubCompaction(database: Database): Omit<Compaction, "forgetGiven"> {
  // What is held of a source is in its feed once that is whole, but for the bare fact that a record is gone: without what it
  // said, once its page has been through this.
  const whole = database.prepare<[], { node: string; feed: string }>(
    "SELECT node, feed FROM source WHERE whole = feed",
  );
  const others = database
    .prepare<[object], string>(
      // Two ranges: the pages of its own feed are not gone through.
      `SELECT feed FROM page INDEXED BY page_kept_of WHERE source = @node AND feed < @feed AND head <> ''
       UNION ALL
       SELECT feed FROM page INDEXED BY page_kept_of WHERE source = @node AND feed > @feed AND head <> '' LIMIT 1`,
    )
    .pluck();
  const blank = database
    .prepare<[string, string, number], number>(
      `UPDATE page SET head = '', refused = '[]' WHERE position IN
         (SELECT position FROM page INDEXED BY page_kept_of WHERE source = ? AND feed = ? AND head <> '' LIMIT ?)
       RETURNING position`,
    )
    .pluck();
  const blankLines = database.prepare(
    "UPDATE change SET line = NULL WHERE position = ? AND line IS NOT NULL",
  );
  const dropReplaced = database.transaction((limit: number): number => {
    for (const { node, feed } of whole.all()) {
      const other = others.get({ node, feed });
      if (other === undefined) continue;
      const pages = blank.all(node, other, limit);
      for (const position of pages) blankLines.run(position);
      return pages.length;
    }
    return 0;
  });
  const completed = database
    .prepare<[number, number], number>("SELECT id FROM correction WHERE completed_at < ? LIMIT ?")
    .pluck();
  const receipts = database
    .prepare<[number], string>(
      "DELETE FROM correction_holder WHERE correction = ? RETURNING coalesce(receipt, '')",
    )
    .pluck();
  const keepCounts = createForgotten(database);
  const forget = database.prepare("DELETE FROM correction WHERE id = ?");
  const unname = database.prepare(
    "DELETE FROM named_receipt WHERE sha256 = ? AND NOT EXISTS (SELECT 1 FROM correction_holder WHERE receipt = sha256)",
  );
  const forgetCorrections = database.transaction((before: number, limit: number): number => {
    const ids = completed.all(before, limit);
    for (const id of ids) {
      for (const receipt of receipts.all(id)) unname.run(receipt);
      keepCounts(id);
      forget.run(id);
    }
    return ids.length;
  });
  return {
    blankEnded: createBlanking(database),
    dropReplaced: (limit) => dropReplaced.immediate(limit),
    forgetCorrections: (before, limit) => forgetCorrections.immediate(Math.floor(before / 1000), limit),
  };
}

const endedSchema = z.object({
  until: z.string(),
  position: z.number(),
  seq: z.number(),
  mayGo: z.number().transform(Boolean),
});

function createBlanking(database: Database): Compaction["blankEnded"] {
  // A correction of what is held is due with the line that holds it. Who has not asked for too long finds by comparison
  // what it should not have any more. Of what is of a page that is not there nobody knows since when: long ago.
  const ended = database.prepare(
    `SELECT until, change.position, seq,
       coalesce(given_until, until) <= until OR (
         coalesce(page.at, 0) < @heardBefore
         AND NOT EXISTS (SELECT 1 FROM subscriber WHERE applied < change.position AND ${isReader})
         AND NOT EXISTS (SELECT 1 FROM correction WHERE correction.source = page.source AND due_feed = page.feed
           AND due_seq = change.seq AND completed_at IS NULL AND waiting > 0)) AS "mayGo"
     FROM change INDEXED BY change_to_blank LEFT JOIN page ON page.position = change.position
     WHERE until < @today AND until IS NOT NULL AND line IS NOT NULL AND NOT gone
       AND (until, change.position, seq) > (@until, @position, @seq)
     ORDER BY until, change.position, seq LIMIT @limit`,
  );
  const blank = database.prepare("UPDATE change SET line = NULL WHERE position = ? AND seq = ?");
  const first: EndedPlace = { until: "", position: 0, seq: 0 };
  const blankSome = database.transaction((terms: BlankTerms, limit: number, after = first) => {
    const { today, heardBefore } = terms;
    const rows = ended.all({ today, heardBefore, limit, ...after }).map((row) => endedSchema.parse(row));
    for (const { position, seq, mayGo } of rows) if (mayGo) blank.run(position, seq);
    const last = rows.length < limit ? undefined : rows.at(-1);
    return last && { until: last.until, position: last.position, seq: last.seq };
  });
  return (terms, limit, after) => blankSome.immediate(terms, limit, after);
}
