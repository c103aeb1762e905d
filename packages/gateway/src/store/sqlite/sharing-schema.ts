/** Counts how often the schema has changed; a step that changes tables of a released one is run before it. */
export const sharingVersion = 11;

/** Brings a file up to what the schema expects of its tables. */
export const addedColumns = [
  {
    table: "correction",
    column: "due_on",
    sql: `
      ALTER TABLE correction ADD COLUMN due_on TEXT NOT NULL DEFAULT '';
      ALTER TABLE correction ADD COLUMN overdue INTEGER NOT NULL DEFAULT 0;
      UPDATE correction SET due_on = date(opened_at, 'unixepoch', '+8 hours', '+1 day');`,
  },
  {
    table: "measure",
    column: "followed",
    sql: "ALTER TABLE measure ADD COLUMN followed INTEGER NOT NULL DEFAULT 1",
  },
  {
    table: "correction",
    column: "decided_at",
    sql: "ALTER TABLE correction ADD COLUMN decided_at INTEGER",
  },
  {
    table: "score",
    column: "kept_back",
    sql: "ALTER TABLE score ADD COLUMN kept_back INTEGER NOT NULL DEFAULT 0",
  },
  {
    table: "score",
    column: "forgotten",
    sql: ["", "_late", "_known", "_until_known", "_until_done"]
      .map((of) => `ALTER TABLE score ADD COLUMN forgotten${of} INTEGER NOT NULL DEFAULT 0;`)
      .join(""),
  },
  { table: "change", column: "places", sql: "ALTER TABLE change ADD COLUMN places TEXT" },
  { table: "held", column: "content", sql: "ALTER TABLE held ADD COLUMN content TEXT" },
  {
    table: "held",
    column: "gone_at",
    // Of one whose page is not there any more nobody knows when: long ago.
    sql: `
      ALTER TABLE held ADD COLUMN gone_at INTEGER;
      UPDATE held SET gone_at = coalesce((SELECT at FROM page WHERE page.position = held.given), 0)
        WHERE state IN ('repaired', 'withdrawn');`,
  },
  {
    table: "held",
    column: "gone_version",
    sql: `
      ALTER TABLE held ADD COLUMN gone_version INTEGER;
      UPDATE held SET gone_version = version WHERE state IN ('repaired', 'withdrawn');`,
  },
  {
    table: "subscriber",
    column: "excused",
    sql: "ALTER TABLE subscriber ADD COLUMN excused INTEGER NOT NULL DEFAULT 0",
  },
  {
    table: "held",
    column: "cut",
    sql: `
      ALTER TABLE held ADD COLUMN cut TEXT;
      ALTER TABLE held ADD COLUMN ended_at INTEGER;`,
  },
  { table: "held", column: "uncut", sql: "ALTER TABLE held ADD COLUMN uncut TEXT" },
  {
    table: "change",
    column: "gone",
    sql: `
      ALTER TABLE change ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE change ADD COLUMN given TEXT;
      ALTER TABLE change ADD COLUMN given_until TEXT;`,
  },
  {
    table: "subscriber",
    column: "lapsed",
    sql: `
      ALTER TABLE subscriber ADD COLUMN lapsed INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE subscriber ADD COLUMN applied INTEGER NOT NULL DEFAULT 0;`,
  },
  {
    table: "source",
    column: "told_feed",
    // What was due in feeds before is due in the one that has replaced them, in such a file.
    sql: `
      ALTER TABLE source ADD COLUMN told_feed TEXT;
      ALTER TABLE source ADD COLUMN told_seq INTEGER;`,
  },
] as const;

/** Lines of which a newer version has come were left blank once. */
export const dropSuperseded =
  "DELETE FROM change WHERE line IS NULL AND (position, seq) NOT IN (SELECT position, seq FROM held)";

/** What members share (PR-SYNC). */
export const sharingSchema = `
  -- How far each source's feed was taken.
  CREATE TABLE IF NOT EXISTS source (
    node  TEXT NOT NULL PRIMARY KEY,
    feed  TEXT NOT NULL,
    up_to INTEGER NOT NULL,
    head  TEXT NOT NULL,
    -- The newest feed that has named everything its source held: what is of an older one is gone by then.
    whole TEXT,
    -- The newest that ever had, also while what the next one has not named is going; and the end of the page with which it had.
    told_feed TEXT,
    told_seq  INTEGER
  ) STRICT, WITHOUT ROWID;

  -- Pages as they came, of all sources in one order.
  CREATE TABLE IF NOT EXISTS page (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    source   TEXT NOT NULL,
    feed     TEXT NOT NULL,
    from_seq INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    hash     TEXT NOT NULL,
    head     TEXT NOT NULL,
    refused  TEXT NOT NULL,
    at       INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS page_by_place ON page (source, feed, last);
  -- How many changes are in pages: their own rows are spread over the file with their heads.
  CREATE INDEX IF NOT EXISTS page_lengths ON page (position, from_seq, last);
  CREATE INDEX IF NOT EXISTS page_by_hash ON page (source, feed, hash);
  -- A page of a feed that was replaced has an empty head: nobody is handed it any more.
  CREATE INDEX IF NOT EXISTS page_kept ON page (position) WHERE head <> '';
  CREATE INDEX IF NOT EXISTS page_kept_of ON page (source, feed) WHERE head <> '';

  -- Their lines; none where a change was refused, or once a newer version has come. What it says is null once its publication has ended.
  CREATE TABLE IF NOT EXISTS change (
    position     INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    item         TEXT NOT NULL,
    jurisdiction TEXT NOT NULL,
    kind         TEXT NOT NULL,
    line         TEXT,
    -- Whether an older version was of another jurisdiction or kind.
    moved        INTEGER NOT NULL,
    -- What all of them were of (JSON); null of one that had moved before this was noted.
    places       TEXT,
    -- The last day on which the record is disclosed.
    until        TEXT,
    -- Whether it is the bare fact that a record is no longer disclosed.
    gone         INTEGER NOT NULL DEFAULT 0,
    -- Who was handed a version before it (a bit for each), and the last day that any of those names; null of none.
    given        TEXT,
    given_until  TEXT,
    PRIMARY KEY (position, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX IF NOT EXISTS change_to_blank ON change (until)
    WHERE until IS NOT NULL AND line IS NOT NULL AND NOT gone;

  -- Where the newest version of every record is.
  CREATE TABLE IF NOT EXISTS held (
    source   TEXT NOT NULL,
    record   TEXT NOT NULL,
    position INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    -- Where it came first: the same may have been told again since, in another feed.
    given    INTEGER NOT NULL,
    feed     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    state    TEXT NOT NULL,
    item     TEXT NOT NULL,
    scheme   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    -- SHA-256 of what it says, whenever it was recorded: by this a damaged line is known when it is told again.
    content  TEXT,
    -- When the version came with which it was disclosed no more; null while it is. Milliseconds since 1970.
    gone_at  INTEGER,
    -- The newest version that said so, of whichever feed, also once it stands again: no older one brings it back, and its row
    -- stays for that.
    gone_version INTEGER,
    -- The last day on which it is in force, where a correction has brought that forward, the one that it named before (null:
    -- none, or nobody knows), and since when it is over; null otherwise.
    cut      TEXT,
    uncut    TEXT,
    ended_at INTEGER,
    PRIMARY KEY (source, record)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS held_by_subject ON held (scheme, subject, item);
  CREATE INDEX IF NOT EXISTS held_to_end ON held (cut) WHERE cut IS NOT NULL AND ended_at IS NULL;
  -- A line goes with its row, whoever deletes that: of a record of which nothing is held, nothing tells any more which line is old.
  CREATE TRIGGER IF NOT EXISTS held_line_goes AFTER DELETE ON held BEGIN
    DELETE FROM change WHERE position = old.position AND seq = old.seq;
  END;

  -- Who reads, what it wants, and how far it was handed what there is.
  CREATE TABLE IF NOT EXISTS subscriber (
    node         TEXT NOT NULL PRIMARY KEY,
    position     INTEGER NOT NULL,
    subscription TEXT NOT NULL,
    -- When it asked last; milliseconds since 1970.
    at           INTEGER NOT NULL,
    -- The position behind which it asked last.
    applied      INTEGER NOT NULL DEFAULT 0,
    -- Whether the log has it that it has not asked for too long.
    lapsed       INTEGER NOT NULL DEFAULT 0,
    -- Milliseconds since then in which the city itself was away.
    excused      INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  -- The newest of each holder for each source: nothing is decided by it, but a reader that gives none is seen to be behind.
  CREATE TABLE IF NOT EXISTS receipt (
    holder TEXT NOT NULL,
    source TEXT NOT NULL,
    feed   TEXT NOT NULL,
    up_to  INTEGER NOT NULL,
    text   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (holder, source)
  ) STRICT, WITHOUT ROWID;
  -- Without their texts: all places are looked at for every look at the metrics.
  CREATE INDEX IF NOT EXISTS receipt_place ON receipt (holder, source, feed, up_to);

  -- Versions given out and corrected since. Seconds since 1970.
  CREATE TABLE IF NOT EXISTS correction (
    id           INTEGER PRIMARY KEY,
    source       TEXT NOT NULL,
    feed         TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    record       TEXT NOT NULL,
    change       TEXT NOT NULL,
    effect       TEXT NOT NULL,
    opened_at    INTEGER NOT NULL,
    -- When its source took the version in; null of the first files.
    decided_at   INTEGER,
    -- The last day on which a holder is in time, and whether it was said that it is over.
    due_on       TEXT NOT NULL,
    overdue      INTEGER NOT NULL DEFAULT 0,
    -- The receipt that is waited for: of a later place when a newer version has come since; or one for a later feed that is whole.
    due_feed     TEXT NOT NULL,
    due_seq      INTEGER NOT NULL,
    -- How many holders have neither acknowledged it nor gone.
    waiting      INTEGER NOT NULL,
    -- Whether it is in the log.
    announced    INTEGER NOT NULL DEFAULT 0,
    completed_at INTEGER,
    -- Signed before it is in the log, and said once it is: never two of one correction.
    statement    TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS correction_by_source ON correction (source, id);
  DROP INDEX IF EXISTS correction_by_record;
  CREATE INDEX IF NOT EXISTS correction_of_record ON correction (source, record);
  CREATE INDEX IF NOT EXISTS correction_open ON correction (source, due_feed, due_seq) WHERE completed_at IS NULL;
  CREATE TABLE IF NOT EXISTS correction_holder (
    correction INTEGER NOT NULL,
    node       TEXT NOT NULL,
    at         INTEGER,
    receipt    TEXT,
    -- Whether it is not waited for: it is no active member any more, or has not asked for too long.
    gone       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (correction, node)
  ) STRICT, WITHOUT ROWID;
  -- Receipts that corrections name, by their hash.
  CREATE TABLE IF NOT EXISTS named_receipt (
    sha256 TEXT NOT NULL PRIMARY KEY,
    text   TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  DROP INDEX IF EXISTS correction_waits;
  CREATE INDEX IF NOT EXISTS correction_lacks ON correction_holder (node, gone, correction) WHERE receipt IS NULL;
  CREATE TRIGGER IF NOT EXISTS waiting_changed AFTER UPDATE OF receipt, gone ON correction_holder BEGIN
    UPDATE correction
    SET waiting = waiting - (old.receipt IS NULL AND NOT old.gone) + (new.receipt IS NULL AND NOT new.gone)
    WHERE id = new.correction;
  END;
  DROP INDEX IF EXISTS correction_whole;
  CREATE INDEX IF NOT EXISTS correction_sayable ON correction (id)
    WHERE completed_at IS NULL AND (waiting = 0 OR statement IS NOT NULL);
  CREATE INDEX IF NOT EXISTS correction_due ON correction (due_on)
    WHERE completed_at IS NULL AND waiting > 0 AND NOT overdue AND announced;
  CREATE INDEX IF NOT EXISTS correction_completed ON correction (completed_at) WHERE completed_at IS NOT NULL;
  CREATE INDEX IF NOT EXISTS correction_named ON correction_holder (receipt) WHERE receipt IS NOT NULL;
  CREATE INDEX IF NOT EXISTS correction_unannounced ON correction (id) WHERE NOT announced;
`;
