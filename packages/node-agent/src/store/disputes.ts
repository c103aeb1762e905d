import { disputeKinds, type RecordDispute } from "@xinqiao/protocol/record";
import type { Disputed } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Inbox } from "../sharing/index.ts";

const disputeSchema = z.object({ record: z.string(), kind: z.enum(disputeKinds), since: z.string() });

/** Which copies are in dispute, as the city says: all of them at once, in place of what it said before. */
export function createDisputes(database: Database): {
  readonly port: Pick<Inbox, "disputed" | "dispute">;
  readonly of: (source: string, record: string) => readonly RecordDispute[];
} {
  const tag = database.prepare<[], string | null>("SELECT disputed FROM reading").pluck();
  const name = database.prepare<[string]>("UPDATE reading SET disputed = ?");
  const drop = database.prepare("DELETE FROM copy_dispute");
  const add = database.prepare(
    "INSERT INTO copy_dispute (source, record, kind, since) VALUES (@source, @record, @kind, @since)",
  );
  const some = database.prepare<[string, string]>(
    "SELECT record, kind, since FROM copy_dispute WHERE source = ? AND record = ? ORDER BY since",
  );
  const dispute = database.transaction(({ tag: next, records }: Disputed) => {
    drop.run();
    for (const each of records) add.run(each);
    name.run(next);
  });
  return {
    port: { disputed: () => tag.get() ?? null, dispute: (disputed) => dispute.immediate(disputed) },
    of: (source, record) => some.all(source, record).map((row) => disputeSchema.parse(row)),
  };
}
