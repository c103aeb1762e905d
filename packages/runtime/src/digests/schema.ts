/**
 * What is disclosed of each source, digested. Triggers of the tables that hold the records put into `undigested` what
 * changes, whoever changes it; it is digested before the next question, and only ranges that it is in are computed again.
 */
export const digestSchema = `
  CREATE TABLE IF NOT EXISTS digest_entry (
    source  TEXT NOT NULL,
    record  TEXT NOT NULL,
    name    TEXT NOT NULL,
    key     TEXT NOT NULL,
    content TEXT NOT NULL,
    -- The last day on which the record is disclosed.
    until   TEXT,
    PRIMARY KEY (source, record)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS digest_entry_by_key ON digest_entry (name, key, content);
  CREATE INDEX IF NOT EXISTS digest_entry_by_source ON digest_entry (source, key);
  CREATE INDEX IF NOT EXISTS digest_entry_by_end ON digest_entry (until) WHERE until IS NOT NULL;
  -- Groups that anything was digested of.
  CREATE TABLE IF NOT EXISTS digest_group (
    name    TEXT NOT NULL PRIMARY KEY,
    source  TEXT NOT NULL,
    content TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS digest_range (
    name   TEXT NOT NULL,
    prefix TEXT NOT NULL,
    count  INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (name, prefix)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS undigested (
    source TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (source, record)
  ) STRICT, WITHOUT ROWID;
`;
