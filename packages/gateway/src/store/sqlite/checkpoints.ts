import { readCheckpoint } from "@xinqiao/protocol/checkpoint";
import { rootOf } from "@xinqiao/protocol/log";
import type { KeptCheckpoint } from "../../log/index.ts";
import type { Database } from "./database.ts";
import { DamagedError } from "./failure.ts";
import { readFrontier } from "./tree.ts";

export interface Checkpoints {
  /** Throws a DamagedError when it is not a head of what is stored: no second past may be signed. */
  keep(checkpoint: KeptCheckpoint): void;
  /** @param at now, milliseconds since 1970 */
  thin(at: number): void;
}

/** Of a day all are kept, of every hour before it the one that most have cosigned: any later one proves as much. */
const allKeptMs = 86_400_000;

export function createCheckpoints(database: Database): Checkpoints {
  const keep = database.prepare(
    `INSERT INTO checkpoint (size, at, note, cosigners) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET note = excluded.note, cosigners = excluded.cosigners
     WHERE excluded.cosigners >= checkpoint.cosigners`,
  );
  const thin = database.prepare<{ before: number }>(
    `DELETE FROM checkpoint WHERE at < $before AND size NOT IN (
       SELECT size FROM (
         SELECT size, row_number() OVER (PARTITION BY at / 3600000 ORDER BY cosigners DESC, size DESC) AS place
         FROM checkpoint WHERE at < $before
       ) WHERE place = 1
     )`,
  );
  return {
    keep({ size, at, note, cosigners }) {
      const read = readCheckpoint(note);
      if (!read.ok || read.value.checkpoint.size !== size) throw new Error("not a checkpoint of that size");
      if (!rootOf(readFrontier(database, size)).equals(read.value.checkpoint.root)) {
        throw new DamagedError(`what is stored does not give the root that was signed for ${size} entries`);
      }
      keep.run(size, at, note, cosigners);
    },
    thin: (at) => void thin.run({ before: at - allKeptMs }),
  };
}
