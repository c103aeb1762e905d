import type { IndexedLeaf, ProofSource, TakenKind } from "../../log/index.ts";
import { type Database, openReadOnly } from "./database.ts";
import { evidenceReader } from "./read-evidence.ts";

export interface OpenedProofSource extends ProofSource {
  close(): void;
}

/** An audit log that is open already, as far as exchanges are proved from it. */
export function openProofSource(path: string): OpenedProofSource {
  const database = openReadOnly(path);
  const columns = 'SELECT idx AS "index", leaf FROM entry';
  const ofExchange = database.prepare<[string], IndexedLeaf>(`${columns} WHERE exchange = ? ORDER BY idx`);
  // The kind stands in the statement: only so the index of that kind is found.
  const taken: Readonly<Record<TakenKind, ReturnType<typeof prepareTaken>>> = {
    "registry.taken": prepareTaken(database, "registry.taken"),
    "peer.taken": prepareTaken(database, "peer.taken"),
    "changes.taken": prepareTaken(database, "changes.taken"),
  };
  return {
    entriesOf: (exchange) => ofExchange.all(exchange),
    taken: (kind, before) => taken[kind].iterate(before),
    evidence: evidenceReader(database),
    close: () => void database.close(),
  };
}

function prepareTaken(database: Database, kind: TakenKind) {
  return database.prepare<[number], IndexedLeaf>(
    `SELECT idx AS "index", leaf FROM entry WHERE kind = '${kind}' AND idx < ? ORDER BY idx DESC`,
  );
}
