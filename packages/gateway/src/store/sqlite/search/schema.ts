import { rmSync } from "node:fs";
import DatabaseFile from "better-sqlite3";
import type { Database } from "../database.ts";

/** Counts up when the tables change: an index of another version is thrown away and built anew. */
const version = 4;

const tables = `
  -- Words of lines, by number: ten million lines name few members, purposes and codes.
  CREATE TABLE name (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
  ) STRICT;

  -- One use of the exchange with what closed it, or any other entry.
  CREATE TABLE line (
    idx     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    actor   INTEGER,
    -- Whose lookup it is; of other entries, who acted.
    member  INTEGER,
    purpose INTEGER,
    outcome INTEGER,
    code    INTEGER,
    issuer  INTEGER,
    exchange BLOB,
    trace   BLOB,
    tag     BLOB,
    case_tag BLOB,
    -- Index of the entry that closed it.
    closed  INTEGER
  ) STRICT;

  -- Who was asked.
  CREATE TABLE target (
    node INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (node, at, line)
  ) STRICT, WITHOUT ROWID;

  -- First eight bytes of every entry's leaf hash.
  CREATE TABLE leaf (
    hash INTEGER NOT NULL,
    idx  INTEGER NOT NULL,
    PRIMARY KEY (hash, idx)
  ) STRICT, WITHOUT ROWID;

  -- How many lines of an hour (hours since 1970) are alike: counts need not read the lines.
  CREATE TABLE tally (
    hour    INTEGER NOT NULL,
    member  INTEGER NOT NULL,
    purpose INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    lines   INTEGER NOT NULL,
    PRIMARY KEY (hour, member, purpose, outcome)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tally_member ON tally (member, hour, purpose, lines);

  -- When a member first used a purpose.
  CREATE TABLE first_use (
    member  INTEGER NOT NULL,
    purpose INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    line    INTEGER NOT NULL,
    PRIMARY KEY (member, purpose)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX first_use_at ON first_use (at);

  -- Alerts that were raised, by the index of their entry, and of the one that acknowledged them first.
  CREATE TABLE alert (
    id           TEXT PRIMARY KEY,
    raised       INTEGER NOT NULL,
    acknowledged INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alert_raised ON alert (raised);

  -- Until when (milliseconds since 1970) use has been looked at for what is unusual.
  CREATE TABLE watched (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    until INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE progress (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    -- Leaf hash of the last entry taken: an index of another log is thrown away.
    tip  BLOB NOT NULL
  ) STRICT;
`;

/**
 * One for each way an auditor asks; each ends in the time and, as every index does, in the entry's own index, so that a
 * page is read where it stands and never sorted or counted off.
 */
const indexes = `
  CREATE INDEX line_at ON line (at);
  CREATE INDEX line_member ON line (member, at);
  CREATE INDEX line_purpose ON line (purpose, at);
  CREATE INDEX line_outcome ON line (outcome, at);
  CREATE INDEX line_member_purpose ON line (member, purpose, at, outcome);
  CREATE INDEX line_member_outcome ON line (member, outcome, at);
  CREATE INDEX line_purpose_outcome ON line (purpose, outcome, at);
  CREATE INDEX line_code ON line (code, at, member, purpose) WHERE code IS NOT NULL;
  CREATE INDEX line_issuer ON line (issuer, at, member, purpose, outcome) WHERE issuer IS NOT NULL;
  CREATE INDEX line_tag ON line (tag, at) WHERE tag IS NOT NULL;
  CREATE INDEX line_case ON line (case_tag, at) WHERE case_tag IS NOT NULL;
  CREATE INDEX line_trace ON line (trace) WHERE trace IS NOT NULL;
  CREATE INDEX line_closed ON line (closed) WHERE closed IS NOT NULL;
`;

/** Opens the index for its one writer; one that cannot be read, or is of another version, is built anew. */
export function openSearchDatabase(path: string): Database {
  return openExisting(path) ?? createEmpty(path);
}

function openExisting(path: string): Database | undefined {
  let database: Database | undefined;
  try {
    database = connect(path);
    if (database.pragma("user_version", { simple: true }) === version) return database;
  } catch {
    // Not a database, or a damaged one.
  }
  database?.close();
  return undefined;
}

/** @param fill writes lines before the indexes are made: much faster than keeping them up for each line */
export function createEmpty(path: string, fill: (database: Database) => void = () => undefined): Database {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
  const database = connect(path);
  database.exec(tables);
  fill(database);
  database.exec(indexes);
  database.pragma(`user_version = ${version}`);
  return database;
}

/** Not synced at every commit: what a power cut takes is read from the log again. */
function connect(path: string): Database {
  const database = new DatabaseFile(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("busy_timeout = 5000");
  database.pragma("cache_size = -65536");
  // Tags that were taken out are overwritten.
  database.pragma("secure_delete = ON");
  return database;
}
