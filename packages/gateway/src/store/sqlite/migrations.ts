/** Each is applied once, in order, and never edited after it was released. */
export const migrations: readonly string[] = [
  `
  -- The leaf is the text that was hashed; the other columns repeat parts of it for searching.
  CREATE TABLE entry (
    idx      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    exchange TEXT,
    leaf     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entry_exchange ON entry (exchange) WHERE exchange IS NOT NULL;

  -- Complete subtrees only, so that a node never changes once written.
  CREATE TABLE node (
    level INTEGER NOT NULL,
    idx   INTEGER NOT NULL,
    hash  BLOB NOT NULL,
    PRIMARY KEY (level, idx)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    root BLOB NOT NULL
  ) STRICT;

  -- What opens the commitments of an entry. Erasing a row here leaves every proof intact.
  CREATE TABLE opening (
    entry INTEGER NOT NULL REFERENCES entry (idx),
    field TEXT NOT NULL,
    key   BLOB NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (entry, field)
  ) STRICT, WITHOUT ROWID;

  -- Intents whose outcome has not been written: what a crash leaves to be closed.
  CREATE TABLE open_intent (
    entry    INTEGER PRIMARY KEY REFERENCES entry (idx),
    exchange TEXT,
    actor    TEXT
  ) STRICT;

  CREATE TABLE nonce (
    key_id     TEXT NOT NULL,
    nonce      TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (key_id, nonce)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX nonce_expiry ON nonce (expires_at);

  -- Written to find out whether a full disk has space again.
  CREATE TABLE probe (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    at     INTEGER NOT NULL,
    filler BLOB NOT NULL
  ) STRICT;
  `,
  `
  -- What may be used only so often: uses of an authorisation, lookups of a member for a purpose in a day.
  CREATE TABLE allowance (
    name  TEXT PRIMARY KEY,
    used  INTEGER NOT NULL,
    until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX allowance_until ON allowance (until);

  -- Authorisations withdrawn, numbered as they came; no number comes twice, so that readers go on where they were.
  CREATE TABLE withdrawal (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    issuer TEXT NOT NULL,
    id     TEXT NOT NULL,
    exp    INTEGER NOT NULL,
    UNIQUE (issuer, id)
  ) STRICT;
  CREATE INDEX withdrawal_exp ON withdrawal (exp);
  `,
];
