import { digestSchema } from "@xinqiao/runtime/digests";
import type { Database } from "better-sqlite3";

const disputeTriggers = (["INSERT", "UPDATE", "DELETE"] as const).map((event) => {
  const row = event === "DELETE" ? "old" : "new";
  return `
  CREATE TRIGGER copy_dispute_${event.toLowerCase()}_change AFTER ${event} ON copy_dispute
    WHEN EXISTS (SELECT 1 FROM delivery) BEGIN
    DELETE FROM copy_change WHERE (source, record, item) IN (
      SELECT source, record, item FROM copy WHERE source = ${row}.source AND record = ${row}.record);
    INSERT INTO copy_change (source, record, item)
      SELECT source, record, item FROM copy WHERE source = ${row}.source AND record = ${row}.record;
  END;`;
});

const isTellable = (record: string) => `(${record}.state IN ('repaired', 'withdrawn')
      OR EXISTS (SELECT 1 FROM listed_item WHERE item = ${record}.item))`;

/**
 * Forward only: a released step is never edited, the next one is appended. `user_version` counts the
 * steps a file has been through.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE record (
    id TEXT NOT NULL PRIMARY KEY,
    item TEXT NOT NULL,
    kind TEXT NOT NULL,
    scheme TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    jurisdiction TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    annotation TEXT,
    occurred_on TEXT NOT NULL,
    valid_until TEXT,
    disclosed_until TEXT,
    recorded_at TEXT NOT NULL,
    fields TEXT NOT NULL
  ) STRICT;
  CREATE INDEX record_by_subject ON record (scheme, subject, item);

  CREATE TABLE import (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    item TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    received INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    quarantined INTEGER NOT NULL DEFAULT 0,
    duplicates INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE coverage (
    item TEXT NOT NULL PRIMARY KEY,
    as_of TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE quarantine (
    import INTEGER NOT NULL REFERENCES import (id) ON DELETE CASCADE,
    line INTEGER NOT NULL,
    reasons TEXT NOT NULL,
    cells TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX quarantine_by_line ON quarantine (import, line);

  CREATE TABLE nonce (
    key_id TEXT NOT NULL,
    nonce TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (key_id, nonce)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX nonce_by_expiry ON nonce (expires_at);
  `,
  `
  -- Whom a kept-back row is about: an item of theirs is not whole until the row has come right.
  CREATE TABLE gap (
    import INTEGER NOT NULL REFERENCES import (id) ON DELETE CASCADE,
    line INTEGER NOT NULL,
    file TEXT NOT NULL,
    item TEXT NOT NULL,
    scheme TEXT NOT NULL,
    subject TEXT NOT NULL,
    record TEXT,
    PRIMARY KEY (import, line)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX gap_by_subject ON gap (scheme, subject, item);
  `,
  `
  -- What this member has signed for subjects. A token names nobody.
  CREATE TABLE authorisation (
    id TEXT NOT NULL PRIMARY KEY,
    token TEXT NOT NULL,
    proof_key BLOB NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Authorisations withdrawn anywhere, and how far the city's list of them was followed.
  CREATE TABLE withdrawal (
    issuer TEXT NOT NULL,
    id TEXT NOT NULL,
    exp INTEGER NOT NULL,
    PRIMARY KEY (issuer, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE withdrawals_heard (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    heard_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Under which version of the catalogue a record was made; unknown of those that are older than this column.
  ALTER TABLE record ADD COLUMN catalogue_version INTEGER;
  `,
  `
  -- Every exchange this member asked, or answered in. No subject, no record.
  CREATE TABLE book (
    id        INTEGER PRIMARY KEY,
    side      TEXT NOT NULL,
    exchange  TEXT NOT NULL,
    -- Seconds since 1970: when this member signed the request, or the answer.
    at        INTEGER NOT NULL,
    requester TEXT NOT NULL,
    purpose   TEXT NOT NULL,
    status    TEXT NOT NULL,
    digest    TEXT,
    -- Where the log has it, as the gateway's reply said.
    intent    INTEGER,
    entry     INTEGER,
    size      INTEGER,
    root      TEXT
  ) STRICT;
  CREATE INDEX book_by_time ON book (at);
  CREATE TABLE book_begun (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at  INTEGER NOT NULL
  ) STRICT;

  -- Hours of the book that were compared with the gateway's log.
  CREATE TABLE reconciled (
    interval    TEXT NOT NULL PRIMARY KEY,
    at          INTEGER NOT NULL,
    differences INTEGER NOT NULL,
    explained   INTEGER NOT NULL,
    statement   TEXT NOT NULL,
    report      TEXT NOT NULL,
    detail      TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Every comparison stays, the one before it too: each has words that the gateway has signed.
  ALTER TABLE reconciled RENAME TO reconciled_once;
  CREATE TABLE reconciled (
    id          INTEGER PRIMARY KEY,
    interval    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    differences INTEGER NOT NULL,
    explained   INTEGER NOT NULL,
    statement   TEXT NOT NULL,
    report      TEXT NOT NULL,
    detail      TEXT NOT NULL
  ) STRICT;
  INSERT INTO reconciled (interval, at, differences, explained, statement, report, detail)
    SELECT interval, at, differences, explained, statement, report, detail FROM reconciled_once ORDER BY interval;
  DROP TABLE reconciled_once;
  CREATE INDEX reconciled_by_hour ON reconciled (interval, id);

  -- The newest hour up to which every hour that was due has been compared: hours compared by hand do not move it.
  CREATE TABLE reconciled_until (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    interval TEXT NOT NULL
  ) STRICT;
  INSERT INTO reconciled_until (one, interval)
    SELECT 1, interval FROM reconciled ORDER BY interval DESC LIMIT 1;
  `,
  `
  -- Records whose newest version is in no page of this member's feed yet, in the order they changed first.
  CREATE TABLE pending (
    n      INTEGER PRIMARY KEY AUTOINCREMENT,
    record TEXT NOT NULL UNIQUE
  ) STRICT;
  -- Items that this member tells others of; \`*\`: all.
  CREATE TABLE told_item (item TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
  INSERT INTO told_item VALUES ('*');
  CREATE TRIGGER record_added AFTER INSERT ON record
    WHEN EXISTS (SELECT 1 FROM told_item WHERE item IN (new.item, '*')) BEGIN
    INSERT INTO pending (record) VALUES (new.id) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER record_changed AFTER UPDATE OF version ON record
    WHEN EXISTS (SELECT 1 FROM told_item WHERE item IN (new.item, '*')) BEGIN
    -- One that was set aside, with n below 0, may have room in a page now.
    DELETE FROM pending WHERE record = new.id AND n < 0;
    INSERT INTO pending (record) VALUES (new.id) ON CONFLICT DO NOTHING;
  END;
  INSERT INTO pending (record) SELECT id FROM record ORDER BY rowid;

  -- This member's own numbering of its changes. \`mark\`: what waited when it began.
  CREATE TABLE feed (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    id      TEXT NOT NULL,
    last    INTEGER NOT NULL,
    head    TEXT,
    mark    INTEGER NOT NULL,
    receipt TEXT,
    -- The last change that the gateway has acknowledged, and when; milliseconds since 1970.
    acknowledged    INTEGER NOT NULL DEFAULT 0,
    acknowledged_at INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- Signed, and not yet acknowledged by the gateway; and the last that was.
  CREATE TABLE page (
    from_seq INTEGER PRIMARY KEY,
    last     INTEGER NOT NULL,
    head     TEXT NOT NULL,
    hash     TEXT NOT NULL,
    lines    TEXT NOT NULL
  ) STRICT;

  -- What other members have shared: their newest versions, and the bare fact of what is no longer disclosed.
  CREATE TABLE copy (
    source       TEXT NOT NULL,
    record       TEXT NOT NULL,
    feed         TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    item         TEXT NOT NULL,
    scheme       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    state        TEXT NOT NULL,
    content      TEXT NOT NULL,
    -- Of the reading that brought it.
    round        INTEGER NOT NULL,
    PRIMARY KEY (source, record)
  ) STRICT;
  CREATE INDEX copy_by_subject ON copy (scheme, subject, item);

  -- How far each member's feed was followed, with what was refused of its last page.
  CREATE TABLE followed (
    source  TEXT NOT NULL PRIMARY KEY,
    feed    TEXT NOT NULL,
    up_to   INTEGER NOT NULL,
    head    TEXT NOT NULL,
    refused TEXT NOT NULL,
    -- Whether the gateway has been told.
    told    INTEGER NOT NULL,
    -- A position of the gateway's that its last page comes behind, and the head of the page there.
    since      INTEGER NOT NULL,
    since_head TEXT,
    -- The newest feed that has named everything its source held: copies of an older one are gone by then.
    whole      TEXT
  ) STRICT, WITHOUT ROWID;

  -- Every page that was taken.
  CREATE TABLE followed_page (
    source TEXT NOT NULL,
    feed   TEXT NOT NULL,
    hash   TEXT NOT NULL,
    PRIMARY KEY (source, feed, hash)
  ) STRICT, WITHOUT ROWID;

  -- Members of which a page could not be taken: they are read again, from where they were followed to.
  CREATE TABLE missed (
    source   TEXT NOT NULL PRIMARY KEY,
    -- It has another past than the one that was taken: what is held of it is no base to go on from.
    forked   INTEGER NOT NULL,
    -- Milliseconds since 1970.
    again_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- How far the gateway's pages were read, and for what.
  CREATE TABLE reading (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL,
    -- Of the page there; null at 0.
    head     TEXT,
    -- What this member may hold and wants, and what it may hold as the gateway sees it.
    scope    TEXT NOT NULL,
    seen     TEXT,
    -- Counts how often it was begun again; whether what an earlier one brought is still to be dropped.
    round    INTEGER NOT NULL,
    dropping INTEGER NOT NULL,
    -- When all receipts were last given once more; milliseconds since 1970.
    retold_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- What this member tells and what it holds of others, digested. Its own has no source.
  ${digestSchema}
  ALTER TABLE reading ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
  CREATE TRIGGER record_added_digest AFTER INSERT ON record BEGIN
    INSERT INTO undigested VALUES ('', new.id) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER record_changed_digest AFTER UPDATE ON record BEGIN
    INSERT INTO undigested VALUES ('', new.id) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER record_dropped_digest AFTER DELETE ON record BEGIN
    INSERT INTO undigested VALUES ('', old.id) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER item_chosen_digest AFTER INSERT ON told_item BEGIN
    INSERT INTO undigested SELECT '', id FROM record WHERE new.item IN (item, '*') ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER item_left_digest AFTER DELETE ON told_item BEGIN
    INSERT INTO undigested SELECT '', id FROM record WHERE old.item IN (item, '*') ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER copy_added_digest AFTER INSERT ON copy BEGIN
    INSERT INTO undigested VALUES (new.source, new.record) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER copy_changed_digest AFTER UPDATE OF state, content ON copy BEGIN
    INSERT INTO undigested VALUES (new.source, new.record) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER copy_dropped_digest AFTER DELETE ON copy BEGIN
    INSERT INTO undigested VALUES (old.source, old.record) ON CONFLICT DO NOTHING;
  END;
  INSERT INTO undigested SELECT '', id FROM record;
  INSERT INTO undigested SELECT source, record FROM copy;
  `,
  `
  -- Batches that the platform handed over by name, and what they were answered.
  CREATE TABLE batch (
    item      TEXT NOT NULL,
    reference TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    import    INTEGER NOT NULL REFERENCES import (id) ON DELETE CASCADE,
    receipt   TEXT NOT NULL,
    PRIMARY KEY (item, reference)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What the city has asked this member to revoke. Seconds since 1970.
  CREATE TABLE revocation (
    number     INTEGER PRIMARY KEY,
    notice     TEXT NOT NULL UNIQUE,
    text       TEXT NOT NULL,
    claims     TEXT NOT NULL,
    iat        INTEGER NOT NULL,
    -- The city waits for no answer any more.
    settled    INTEGER NOT NULL DEFAULT 0,
    outcome    TEXT,
    decided_on TEXT,
    reason     TEXT,
    -- As it was signed.
    answer     TEXT
  ) STRICT;
  CREATE INDEX revocation_open ON revocation (notice) WHERE answer IS NULL AND NOT settled;
  `,
  `
  -- Copies that have changed since some delivery took them, and every copy while there is a delivery: the newest change
  -- of each has its newest place. \`gone\`: there is no such copy, or none of that item, any more.
  CREATE TABLE copy_change (
    n      INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    record TEXT NOT NULL,
    item   TEXT NOT NULL,
    gone   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source, record, item)
  ) STRICT;
  CREATE INDEX copy_change_gone ON copy_change (n) WHERE gone = 1;

  -- Where what copies come to is handed on, and how far it was.
  CREATE TABLE delivery (
    name       TEXT NOT NULL PRIMARY KEY,
    -- JSON; null: all.
    items      TEXT,
    target     TEXT NOT NULL,
    -- Of telling everything from the beginning.
    generation TEXT NOT NULL,
    n          INTEGER NOT NULL,
    -- Of the last batch that was taken; null before the first of a generation.
    mark       TEXT,
    -- A batch that is under way ends here.
    sealed_n    INTEGER,
    sealed_mark TEXT,
    -- It says that the generation has named everything.
    sealed_completes INTEGER NOT NULL DEFAULT 0,
    -- Whether the generation is still to say so; and, when the platform would not remove what is stale then, when it is
    -- said again. Milliseconds since 1970.
    telling       INTEGER NOT NULL DEFAULT 1,
    complete_from INTEGER,
    -- How many were set aside since one was last taken.
    refused_in_row INTEGER NOT NULL DEFAULT 0,
    delivered  INTEGER NOT NULL DEFAULT 0,
    -- Milliseconds since 1970.
    taken_at   INTEGER
  ) STRICT, WITHOUT ROWID;

  -- What a platform does not take: by reference, with the reason.
  CREATE TABLE dead_letter (
    delivery TEXT NOT NULL REFERENCES delivery (name) ON DELETE CASCADE,
    source   TEXT NOT NULL,
    record   TEXT NOT NULL,
    item     TEXT NOT NULL,
    -- Null: that it is to be removed.
    version  INTEGER,
    reason   TEXT NOT NULL,
    since    INTEGER NOT NULL,
    -- Whether it was let be: the platform has not this version all the same.
    dropped  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (delivery, source, record)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER delivery_begun_anew AFTER UPDATE OF generation ON delivery
    WHEN new.generation <> old.generation BEGIN
    DELETE FROM dead_letter WHERE delivery = new.name;
  END;

  CREATE TRIGGER copy_added_change AFTER INSERT ON copy WHEN EXISTS (SELECT 1 FROM delivery) BEGIN
    DELETE FROM copy_change WHERE source = new.source AND record = new.record AND item = new.item;
    INSERT INTO copy_change (source, record, item) VALUES (new.source, new.record, new.item);
  END;
  CREATE TRIGGER copy_changed_change AFTER UPDATE OF item, content ON copy
    WHEN new.content <> old.content AND EXISTS (SELECT 1 FROM delivery) BEGIN
    DELETE FROM copy_change WHERE source = new.source AND record = new.record AND item IN (old.item, new.item);
    INSERT INTO copy_change (source, record, item, gone)
      SELECT old.source, old.record, old.item, 1 WHERE old.item <> new.item;
    INSERT INTO copy_change (source, record, item) VALUES (new.source, new.record, new.item);
  END;
  CREATE TRIGGER copy_dropped_change AFTER DELETE ON copy WHEN EXISTS (SELECT 1 FROM delivery) BEGIN
    DELETE FROM copy_change WHERE source = old.source AND record = old.record AND item = old.item;
    INSERT INTO copy_change (source, record, item, gone) VALUES (old.source, old.record, old.item, 1);
  END;
  `,
  `
  -- How far a platform's table or service was taken; what a cursor says is its reader's own.
  CREATE TABLE stream (
    name   TEXT NOT NULL PRIMARY KEY,
    item   TEXT NOT NULL,
    cursor TEXT,
    -- All that the platform said by then is held; ISO instant.
    as_of  TEXT,
    -- What it fails with now: a code.
    fault  TEXT,
    -- Rows that were not found any more, and are too many to be let go without an operator's word; how many one has let go.
    missing   INTEGER,
    confirmed INTEGER,
    -- Where its rows were kept back last: an import that stands for a day.
    import    INTEGER REFERENCES import (id) ON DELETE SET NULL
  ) STRICT, WITHOUT ROWID;

  -- What each row of it said when it was taken last.
  CREATE TABLE stream_row (
    stream TEXT NOT NULL,
    key    TEXT NOT NULL,
    digest TEXT NOT NULL,
    -- The record that it is; null of one that never was any.
    record TEXT,
    -- The record that it would be, were there not another row that says otherwise of it.
    wants  TEXT,
    -- Where it was kept back; null of one that was taken.
    import INTEGER,
    line   INTEGER,
    -- Whether it is to be read again: the other row has given way.
    again  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (stream, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX stream_row_by_record ON stream_row (record) WHERE record IS NOT NULL;
  CREATE INDEX stream_row_by_wanted ON stream_row (wants) WHERE wants IS NOT NULL;
  CREATE INDEX stream_row_again ON stream_row (stream, key) WHERE again = 1;
  CREATE INDEX stream_row_kept ON stream_row (stream, key) WHERE line IS NOT NULL;

  -- The state that rows said last of their record: who corrects it otherwise is not overruled by rows that say the same as before.
  CREATE TABLE said_state (
    record TEXT NOT NULL PRIMARY KEY,
    state  TEXT NOT NULL,
    -- The state that rows gave the record last; null: none but others' did.
    made       TEXT,
    -- What it was annotated with when rows took it away.
    annotation TEXT
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What the city has refused of this member's own records, until the record is in a page again.
  CREATE TABLE refused (
    record  TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    code    TEXT NOT NULL,
    -- Milliseconds since 1970.
    at      INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Of feeds that were replaced one page is enough to know them by.
  DELETE FROM followed_page WHERE EXISTS (
    SELECT 1 FROM followed WHERE followed.source = followed_page.source
      AND whole = followed.feed AND followed.feed <> followed_page.feed
  ) AND hash > (
    SELECT min(hash) FROM followed_page AS other
    WHERE other.source = followed_page.source AND other.feed = followed_page.feed
  );
  `,
  `
  -- Objections and repairs that this member has raised, or that are about its own records: their steps as they were signed.
  CREATE TABLE case_file (
    id            TEXT NOT NULL PRIMARY KEY,
    steps         TEXT NOT NULL,
    due_by        TEXT,
    due_on        TEXT,
    -- Of the own record, from when it was annotated because of the case.
    since_version INTEGER,
    -- Whether the own record was made to be as decided.
    settled       INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  -- How far the city's word of cases was read.
  CREATE TABLE case_reading (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL,
    head     TEXT
  ) STRICT;
  -- Copies that somebody disputes, as the city says; and what it calls them all together.
  CREATE TABLE copy_dispute (
    source TEXT NOT NULL,
    record TEXT NOT NULL,
    kind   TEXT NOT NULL,
    since  TEXT NOT NULL
  ) STRICT;
  CREATE INDEX copy_dispute_of ON copy_dispute (source, record);
  ALTER TABLE reading ADD COLUMN disputed TEXT;
  `,
  `
  CREATE INDEX import_by_time ON import (started_at, quarantined);
  `,
  `
  -- When a file said otherwise of a record than before; null where none has.
  ALTER TABLE record ADD COLUMN changed_at TEXT;

  -- What the steps of a case say, so that not every one has to be read. Null until they were.
  ALTER TABLE case_file ADD COLUMN source TEXT;
  ALTER TABLE case_file ADD COLUMN record TEXT;
  ALTER TABLE case_file ADD COLUMN kind TEXT;
  ALTER TABLE case_file ADD COLUMN outcome TEXT;
  -- SHA-256 of what the own record said when the case was heard; empty where a file had said otherwise since it was opened.
  ALTER TABLE case_file ADD COLUMN content TEXT;
  ALTER TABLE case_file DROP COLUMN since_version;
  CREATE INDEX case_file_unread ON case_file (id) WHERE source IS NULL;
  CREATE INDEX case_file_undecided ON case_file (source, record) WHERE outcome IS NULL;
  CREATE INDEX case_file_unapplied ON case_file (source, record)
    WHERE settled = 0 AND (outcome IS NOT NULL OR content IS NULL);
  -- Steps that this member has signed, until the city has said what became of them.
  CREATE TABLE case_unsent (
    id   TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Cases as they came that could not be opened, by the hash of their first step.
  CREATE TABLE case_unopened (
    first     TEXT NOT NULL PRIMARY KEY,
    delivered TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The first page of a feed has no change when there is nothing to tell: the next begins in the same place.
  CREATE TABLE sealed_page (
    from_seq INTEGER NOT NULL,
    last     INTEGER PRIMARY KEY,
    head     TEXT NOT NULL,
    hash     TEXT NOT NULL,
    lines    TEXT NOT NULL
  ) STRICT;
  INSERT INTO sealed_page SELECT from_seq, last, head, hash, lines FROM page;
  DROP TABLE page;
  ALTER TABLE sealed_page RENAME TO page;
  UPDATE feed SET acknowledged = -1 WHERE head IS NULL;
  `,
  `
  -- A copy changes with what is said beside it.
  ${disputeTriggers.join("\n")}
  `,
  `
  -- Copies behind this place were there before the first delivery, and are not in copy_change yet. Nothing: all are.
  CREATE TABLE copy_queueing (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    source TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;

  -- The last day on which the record is disclosed. Of a copy that was damaged nobody knows.
  ALTER TABLE copy ADD COLUMN until TEXT;
  UPDATE copy SET until = content ->> '$.disclosedUntil' WHERE json_valid(content);
  CREATE INDEX copy_ending ON copy (until) WHERE until IS NOT NULL;
  `,
  `
  -- Sources of which pages could not be taken while all was read anew: what of theirs did not come again in that round is
  -- dropped once those were.
  CREATE TABLE undropped (
    source TEXT PRIMARY KEY,
    round  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Items of which nothing is told, whatever was chosen: nobody may hold copies of them.
  CREATE TABLE withheld_item (item TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
  `,
  `
  -- When all that there was had been read, with no page missing: of when the copies are.
  ALTER TABLE reading ADD COLUMN whole_at INTEGER;
  `,
  `
  -- Own records that the city knows to be gone, where this member, put back to before that, does not: nobody is answered
  -- with them until the city has taken a higher version.
  CREATE TABLE known_gone (
    record TEXT NOT NULL PRIMARY KEY,
    -- The last change of the page that tells of it as of one that stands; null: none is under way.
    told   INTEGER
  ) STRICT, WITHOUT ROWID;
  INSERT INTO known_gone (record) SELECT record FROM refused WHERE code = 'sync.record-gone';
  `,
  `
  -- Nothing of an item that is withheld waits: whoever looks for what does would go through all of it each time.
  DROP TRIGGER record_added;
  CREATE TRIGGER record_added AFTER INSERT ON record
    WHEN EXISTS (SELECT 1 FROM told_item WHERE item IN (new.item, '*'))
      AND NOT EXISTS (SELECT 1 FROM withheld_item WHERE item = new.item) BEGIN
    INSERT INTO pending (record) VALUES (new.id) ON CONFLICT DO NOTHING;
  END;
  DROP TRIGGER record_changed;
  CREATE TRIGGER record_changed AFTER UPDATE OF version ON record
    WHEN EXISTS (SELECT 1 FROM told_item WHERE item IN (new.item, '*'))
      AND NOT EXISTS (SELECT 1 FROM withheld_item WHERE item = new.item) BEGIN
    -- One that was set aside, with n below 0, may have room in a page now.
    DELETE FROM pending WHERE record = new.id AND n < 0;
    INSERT INTO pending (record) VALUES (new.id) ON CONFLICT DO NOTHING;
  END;
  DELETE FROM pending WHERE EXISTS (
    SELECT 1 FROM record JOIN withheld_item USING (item) WHERE id = pending.record);
  `,
  `
  -- The import that a record says by what it says; null: a stream's row does, or it has said so since before this was kept.
  ALTER TABLE record ADD COLUMN import INTEGER;

  -- What the rows of a file said of which others were kept back, and since which import its file has said so each time.
  CREATE TABLE file_row (
    import INTEGER NOT NULL REFERENCES import (id) ON DELETE CASCADE,
    record TEXT NOT NULL,
    digest BLOB NOT NULL,
    since  INTEGER NOT NULL,
    PRIMARY KEY (import, record)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Items that the catalogue lists and hands out. Of those that it does not list it is told only what is disclosed no more.
  CREATE TABLE listed_item (item TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
  INSERT INTO listed_item
    SELECT DISTINCT item FROM record WHERE item NOT IN (SELECT item FROM withheld_item);
  -- What is to be told once the catalogue lists its item: whoever looks for what waits does not go through it.
  CREATE TABLE untold (
    item   TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (item, record)
  ) STRICT, WITHOUT ROWID;
  -- Records of an item (\`*\`: of any) that are still to wait: those behind one row and up to another.
  CREATE TABLE record_queueing (
    item  TEXT NOT NULL PRIMARY KEY,
    after INTEGER NOT NULL,
    up_to INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  DROP TRIGGER record_added;
  CREATE TRIGGER record_added AFTER INSERT ON record
    WHEN EXISTS (SELECT 1 FROM told_item WHERE item IN (new.item, '*'))
      AND NOT EXISTS (SELECT 1 FROM withheld_item WHERE item = new.item) BEGIN
    INSERT INTO pending (record) SELECT new.id WHERE ${isTellable("new")} ON CONFLICT DO NOTHING;
    INSERT INTO untold SELECT new.item, new.id WHERE NOT ${isTellable("new")} ON CONFLICT DO NOTHING;
  END;
  DROP TRIGGER record_changed;
  CREATE TRIGGER record_changed AFTER UPDATE OF version ON record
    WHEN EXISTS (SELECT 1 FROM told_item WHERE item IN (new.item, '*'))
      AND NOT EXISTS (SELECT 1 FROM withheld_item WHERE item = new.item) BEGIN
    -- One that was set aside, with n below 0, may have room in a page now.
    DELETE FROM pending WHERE record = new.id AND (n < 0 OR NOT ${isTellable("new")});
    DELETE FROM untold WHERE item = new.item AND record = new.id AND ${isTellable("new")};
    INSERT INTO pending (record) SELECT new.id WHERE ${isTellable("new")} ON CONFLICT DO NOTHING;
    INSERT INTO untold SELECT new.item, new.id WHERE NOT ${isTellable("new")} ON CONFLICT DO NOTHING;
  END;
  `,
  `
  -- Answers that this member has signed, until the city has said what became of them.
  CREATE TABLE revocation_unsent (
    notice     TEXT NOT NULL PRIMARY KEY REFERENCES revocation (notice) ON DELETE CASCADE,
    outcome    TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    reason     TEXT,
    text       TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Behind which of what waits it is still to be looked whether it may be told as the lists now are; no row: all may.
  CREATE TABLE pending_sweep (
    one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    after INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- All that were signed for a notice, the newest last: which of them the city has is not known before it has said so.
  ALTER TABLE revocation_unsent RENAME TO revocation_unsent_one;
  CREATE TABLE revocation_unsent (
    n          INTEGER PRIMARY KEY,
    notice     TEXT NOT NULL REFERENCES revocation (notice) ON DELETE CASCADE,
    outcome    TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    reason     TEXT,
    text       TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE INDEX revocation_unsent_notice ON revocation_unsent (notice, n);
  INSERT INTO revocation_unsent (notice, outcome, decided_on, reason, text)
    SELECT notice, outcome, decided_on, reason, text FROM revocation_unsent_one;
  DROP TABLE revocation_unsent_one;
  `,
];

export const schemaVersion = steps.length;

export const versionOf = (database: Database) => Number(database.pragma("user_version", { simple: true }));

/**
 * Brings a store up to this version; refuses one that a newer version has already changed.
 * @param version another than this one, to see what becomes of a store of before
 */
export function migrate(database: Database, version = schemaVersion): void {
  // Immediate: a `serve` and an `import` that start together must not both take the same step.
  database
    .transaction(() => {
      const done = versionOf(database);
      if (done > schemaVersion) {
        throw new Error(
          `this store is of version ${done}, newer than this agent's ${schemaVersion}: update the agent`,
        );
      }
      for (const step of steps.slice(done, version)) database.exec(step);
      database.pragma(`user_version = ${Math.max(done, version)}`);
    })
    .immediate();
}
