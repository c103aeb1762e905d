import type { Database } from "../../database.ts";

/** Marks whom an entry is about, as the writer does when it keeps evidence beside the entry. */
export function keepTag(database: Database, entry: number, tag: Uint8Array): void {
  database
    .prepare("INSERT INTO evidence (entry, part, tag, until, sealed) VALUES (?, 'test', ?, 0, x'00')")
    .run(entry, tag);
}
