import type { NodeId } from "@xinqiao/protocol/identity";
import { type CreditRecord, recordSchema } from "@xinqiao/protocol/record";
import { createDigestIndex, type DigestIndex, ownSource } from "@xinqiao/runtime/digests";
import type { Database } from "better-sqlite3";
import type { OwnRecords } from "../sharing/index.ts";

/** What this member tells and what it holds of others, digested. */
export function createDigests(
  database: Database,
  own: Pick<OwnRecords, "byId">,
): (self: NodeId) => DigestIndex {
  const sql = {
    prepare: (text: string) => database.prepare<(string | number | null)[]>(text),
    together: (work: () => number) => database.transaction(work).immediate(),
  };
  const told = database.prepare<[string], object>("SELECT 1 FROM told_item WHERE item IN (?, '*')");
  const copy = database
    .prepare<[string, string], string>("SELECT content FROM copy WHERE source = ? AND record = ?")
    .pluck();
  const held = (source: string, id: string): CreditRecord | undefined => {
    if (source !== ownSource) return readCopy(copy.get(source, id));
    const record = own.byId(id);
    return record && told.get(record.item) !== undefined ? record : undefined;
  };
  return (self) => createDigestIndex(sql, held, self);
}

/** Undefined for what is no record any more: a copy may have been damaged on the disk. */
function readCopy(content: string | undefined): CreditRecord | undefined {
  try {
    return content === undefined ? undefined : recordSchema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}
