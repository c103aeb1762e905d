import { type Kept, keptUntil } from "@xinqiao/protocol/evidence";
import type { TagOf } from "../../log/index.ts";
import type { Database } from "./database.ts";
import { createEvidence } from "./evidence.ts";

interface OpeningRow {
  readonly at: number;
  readonly field: string;
  readonly key: Buffer;
  readonly value: string;
}

/**
 * Earlier versions kept what opens commitments in a table of its own, in the clear. What is found there is sealed as it is
 * now, in one transaction, and the table goes.
 */
export function sealOpenings(database: Database, tagOf: TagOf): void {
  const table = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'opening'");
  if (table.get() === undefined) return;
  const evidence = createEvidence(database);
  const nextEntry = database
    .prepare<[number], number | null>("SELECT min(entry) FROM opening WHERE entry > ?")
    .pluck();
  const openingsOf = database.prepare<[number], OpeningRow>(
    "SELECT at, field, key, value FROM opening JOIN entry ON idx = entry WHERE entry = ? ORDER BY field",
  );

  function sealOne(entry: number): void {
    const rows = openingsOf.all(entry);
    const subject = rows.find(({ field }) => field === "subject")?.value;
    const kept: Kept = {
      openings: rows.map(({ field, key, value }) => ({ field, key: key.toString("base64"), value })),
    };
    const until = keptUntil(rows[0]?.at ?? 0, []);
    evidence.put(entry, { tag: tagOf(subject), until, kept: JSON.stringify(kept) });
  }

  database.transaction(() => {
    for (let entry = nextEntry.get(-1); typeof entry === "number"; entry = nextEntry.get(entry)) {
      sealOne(entry);
    }
    database.exec("DROP TABLE opening");
  })();
}
