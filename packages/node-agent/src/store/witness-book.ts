import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import type { KeptEvidence, Move, WitnessBook } from "../witness/index.ts";

export interface OpenedWitnessBook extends WitnessBook {
  close(): void;
}

const busyTimeoutMs = 5_000;
/** As many as people can look at, but for forks: whoever can make more of those has the log's own key. */
const mostEvidence = 1_000;

/**
 * A file of its own: unlike the store's commits, these must survive a power cut. A member that cosigned and forgot would
 * cosign another past.
 */
export function openWitnessBook(path: string): OpenedWitnessBook {
  closeSync(openSync(path, "a", 0o600));
  const database = new Database(path, { timeout: busyTimeoutMs });
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(`
    CREATE TABLE IF NOT EXISTS held (origin TEXT PRIMARY KEY, note TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS evidence (
      id      INTEGER PRIMARY KEY,
      hash    BLOB NOT NULL UNIQUE,
      at      INTEGER NOT NULL,
      kind    TEXT NOT NULL,
      held    TEXT NOT NULL,
      offered TEXT NOT NULL
    ) STRICT;
  `);
  const held = database.prepare<[string], string>("SELECT note FROM held WHERE origin = ?").pluck();
  const hold = database.prepare<[string, string]>("INSERT OR REPLACE INTO held (origin, note) VALUES (?, ?)");
  const known = database.prepare<[Buffer], object>("SELECT 1 FROM evidence WHERE hash = ?");
  const count = database.prepare<[], number>("SELECT count(*) FROM evidence").pluck();
  const keep = database.prepare<[Buffer, number, string, string, string]>(
    "INSERT INTO evidence (hash, at, kind, held, offered) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const evidence = database.prepare<[], KeptEvidence>(
    "SELECT kind, at, held, offered FROM evidence ORDER BY id DESC",
  );
  return {
    held: (origin) => held.get(origin),
    move<Judged>(origin: string, judge: (note: string | undefined) => Move<Judged>) {
      const step = database.transaction(() => {
        const { judged, hold: next } = judge(held.get(origin));
        if (next !== undefined) hold.run(origin, next);
        return judged;
      });
      return step.immediate();
    },
    keep({ kind, at, held: before, offered }) {
      // The text alone: a signature that is made anew is no other checkpoint, and what was held moves on.
      const text = offered.slice(0, offered.lastIndexOf("\n\n"));
      const hash = createHash("sha256").update(`${kind}\n${text}`).digest();
      if (known.get(hash) !== undefined) return "known";
      if (kind !== "forked" && (count.get() ?? 0) >= mostEvidence) return "full";
      keep.run(hash, at, kind, before, offered);
      return "kept";
    },
    evidence: () => evidence.all(),
    close: () => void database.close(),
  };
}
