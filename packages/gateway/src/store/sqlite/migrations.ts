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
  `
  -- Heads as the log has signed them, each before it left the process; \`note\` gains the cosignatures that came.
  CREATE TABLE checkpoint (
    size      INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    note      TEXT NOT NULL,
    -- How many other organisations have cosigned it.
    cosigners INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- One random key a subject: without it nothing that is kept about the subject can be read. Never in a backup.
  CREATE TABLE subject_key (
    tag BLOB PRIMARY KEY,
    key BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What is kept beside an entry, sealed under its subject's key. Erasing a row leaves every proof intact.
  CREATE TABLE evidence (
    id     INTEGER PRIMARY KEY,
    entry  INTEGER NOT NULL,
    part   TEXT NOT NULL,
    tag    BLOB NOT NULL,
    -- Milliseconds since 1970: kept until.
    until  INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (entry, part)
  ) STRICT;
  CREATE INDEX evidence_tag ON evidence (tag);
  CREATE INDEX evidence_until ON evidence (until);
  `,
  `
  -- Found when an exchange is proved: which versions of registries counted then.
  CREATE INDEX entry_registry_taken ON entry (idx) WHERE kind = 'registry.taken';
  CREATE INDEX entry_peer_taken ON entry (idx) WHERE kind = 'peer.taken';
  `,
  `
  -- \`at\` never falls, so that entries are found by it; \`told\` is what the leaf says, where a clock that had been set back
  -- says less.
  ALTER TABLE entry ADD COLUMN told INTEGER;
  CREATE INDEX entry_told ON entry (told) WHERE told IS NOT NULL;
  UPDATE entry SET told = entry.at, at = so_far.latest
    FROM (SELECT idx, max(at) OVER (ORDER BY idx) AS latest FROM entry) AS so_far
    WHERE so_far.idx = entry.idx AND so_far.latest > entry.at;
  `,
  `
  -- The first so many entries are in the archive: their leaves are empty here, and the hashes below the roots of their
  -- tiles of 256 are gone.
  CREATE TABLE archived (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- What a member is shown when evidence of its answer is gone: the entry that says that some was destroyed.
  CREATE INDEX entry_erasing ON entry (idx) WHERE kind IN ('subject.erased', 'evidence.expired');
  `,
  `
  -- Compared with what is shared when the gateway starts: that may have been put back alone.
  CREATE INDEX entry_changes_taken ON entry (idx) WHERE kind = 'changes.taken';
  `,
];
