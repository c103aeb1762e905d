import { disputeKinds, type RecordDispute } from "@xinqiao/protocol/record";
import type { Disputed } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Inbox } from "../sharing/index.ts";

const disputeSchema = z.object({ record: z.string(), kind: z.enum(disputeKinds), since: z.string() });

interface Row {
  readonly source: string;
  readonly record: string;
  readonly kind: string;
  readonly since: string;
}

const keyOf = ({ source, record, kind, since }: Row) => JSON.stringify([source, record, kind, since]);

/** Which copies are in dispute, as the city says: all of them at once, in place of what it said before. */
export function createDisputes(database: Database): {
  readonly port: Pick<Inbox, "disputed" | "dispute">;
  readonly of: (source: string, record: string) => readonly RecordDispute[];
} {
  const tag = database.prepare<[], string | null>("SELECT disputed FROM reading").pluck();
  const name = database.prepare<[string]>("UPDATE reading SET disputed = ?");
  const all = database.prepare<[], Row>("SELECT source, record, kind, since FROM copy_dispute");
  const drop = database.prepare<[Row]>(
    "DELETE FROM copy_dispute WHERE source = @source AND record = @record AND kind = @kind AND since = @since",
  );
  const add = database.prepare<[Row]>(
    "INSERT INTO copy_dispute (source, record, kind, since) VALUES (@source, @record, @kind, @since)",
  );
  const some = database.prepare<[string, string]>(
    "SELECT record, kind, since FROM copy_dispute WHERE source = ? AND record = ? ORDER BY since",
  );
  const dispute = database.transaction(({ tag: next, records }: Disputed) => {
    // What stands as before is left alone: each row that is written has its copy delivered again.
    const added = new Map(records.map((each) => [keyOf(each), each]));
    for (const each of all.all()) if (!added.delete(keyOf(each))) drop.run(each);
    for (const each of added.values()) add.run(each);
    name.run(next);
  });
  return {
    port: { disputed: () => tag.get() ?? null, dispute: (disputed) => dispute.immediate(disputed) },
    of: (source, record) => some.all(source, record).map((row) => disputeSchema.parse(row)),
  };
}
