import type { Database } from "better-sqlite3";
import type { Compaction } from "../../sharing/index.ts";
import { createForgotten } from "./sharing-scores.ts";

export function createHubCompaction(database: Database): Omit<Compaction, "forgetGiven"> {
  // All that is held of a source is in its feed once that is whole.
  const whole = database.prepare<[], { node: string; feed: string }>(
    "SELECT node, feed FROM source WHERE whole = feed",
  );
  const others = database
    .prepare<[string, string], string>(
      `SELECT feed FROM page INDEXED BY page_kept_of
       WHERE source = ? AND feed <> ? AND head <> '' LIMIT 1`,
    )
    .pluck();
  const blank = database.prepare(
    `UPDATE page SET head = '', refused = '[]' WHERE position IN
       (SELECT position FROM page INDEXED BY page_kept_of WHERE source = ? AND feed = ? AND head <> '' LIMIT ?)`,
  );
  const dropReplaced = database.transaction((limit: number): number => {
    for (const { node, feed } of whole.all()) {
      const other = others.get(node, feed);
      if (other !== undefined) return blank.run(node, other, limit).changes;
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
  // Who has not asked for too long finds by comparison what it should not have any more.
  const blankEnded = database.prepare(
    `UPDATE change SET line = NULL WHERE (position, seq) IN (
       SELECT position, seq FROM change INDEXED BY change_to_blank
       WHERE until < ? AND until IS NOT NULL AND line IS NOT NULL AND NOT gone
         AND (coalesce(given_until, until) <= until
           OR NOT EXISTS (SELECT 1 FROM subscriber WHERE applied < change.position AND NOT lapsed))
       LIMIT ?)`,
  );
  return {
    blankEnded: (today, limit) => blankEnded.run(today, limit).changes,
    dropReplaced: (limit) => dropReplaced.immediate(limit),
    forgetCorrections: (before, limit) => forgetCorrections.immediate(Math.floor(before / 1000), limit),
  };
}
