import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { openHub } from "./index.ts";
import { sharingVersion } from "./sharing-schema.ts";

/** Makes a file one of before it was noted who was given what. */
const beforeGiven = `
  ALTER TABLE source DROP COLUMN told_feed; ALTER TABLE source DROP COLUMN told_seq;
  DROP TABLE reading; DROP TABLE reading_scope; DROP TABLE member_number; DROP INDEX change_to_blank;
  ALTER TABLE change DROP COLUMN gone; ALTER TABLE change DROP COLUMN given;
  ALTER TABLE change DROP COLUMN given_until; ALTER TABLE change ADD COLUMN given_from INTEGER;
  ALTER TABLE held ADD COLUMN first INTEGER NOT NULL DEFAULT 0;`;

it("opens a file of before corrections had deadlines: one that is open is due a day after it was opened", () => {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-hub-"));
  const path = join(folder, "sharing.db");
  openHub(path).close();
  const before = new Database(path);
  before.exec(`
    DROP INDEX correction_due;
    ALTER TABLE correction DROP COLUMN due_on;
    ALTER TABLE correction DROP COLUMN overdue;
    INSERT INTO correction (source, feed, seq, record, change, effect, opened_at, due_feed, due_seq, waiting)
      VALUES ('dg', 'f', 1, 'penalty:1', 'c', 'repaired', 1767225600, 'f', 1, 1);
    PRAGMA user_version = 1;`);
  before.close();
  openHub(path).close();
  const after = new Database(path, { readonly: true });
  expect(after.prepare("SELECT due_on, overdue FROM correction").all()).toEqual([
    { due_on: "2026-01-02", overdue: 0 },
  ]);
  after.close();
  rmSync(folder, { recursive: true, force: true });
});

it("opens a file of before lines went with what superseded them: blank ones go, and one that was damaged stays", () => {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-hub-"));
  const path = join(folder, "sharing.db");
  openHub(path).close();
  const before = new Database(path);
  before.exec(`
    ${beforeGiven}
    ALTER TABLE held DROP COLUMN content;
    ALTER TABLE held DROP COLUMN gone_version;
    ALTER TABLE change DROP COLUMN places;
    ALTER TABLE subscriber DROP COLUMN lapsed;
    ALTER TABLE subscriber DROP COLUMN applied;
    INSERT INTO subscriber (node, position, subscription, at)
      VALUES ('dg', 7, '{"items":"all","jurisdictions":"all","subjectKinds":"all"}', 1);
    INSERT INTO change (position, seq, item, jurisdiction, kind, line, moved)
      VALUES (1, 1, 'penalty', '440306', 'enterprise', NULL, 0), (2, 2, 'penalty', '440306', 'enterprise', NULL, 0);
    INSERT INTO held (source, record, position, seq, given, first, feed, version, state, item, scheme, subject)
      VALUES ('dg', 'penalty:1', 2, 2, 1, 1, 'f', 2, 'current', 'penalty', 'uscc', 'x'),
        ('dg', 'penalty:2', 9, 9, 1, 1, 'f', 3, 'repaired', 'penalty', 'uscc', 'x');
    PRAGMA user_version = 3;`);
  before.close();
  const hub = openHub(path);
  expect(hub.subscribers()).toMatchObject([{ node: "dg", isLapsed: false }]);
  const goneVersion = (record: string) => hub.version(nodeIdSchema.parse("dg"), record)?.goneVersion;
  expect([goneVersion("penalty:1"), goneVersion("penalty:2")]).toEqual([null, 3]);
  hub.close();
  const after = new Database(path, { readonly: true });
  expect(after.prepare("SELECT position FROM change").pluck().all()).toEqual([2]);
  expect(after.prepare("SELECT position FROM subscriber").pluck().all()).toEqual([7]);
  after.close();
  rmSync(folder, { recursive: true, force: true });
});

it("opens a file of before it was noted who was given what: whoever had read so far counts as given", () => {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-hub-"));
  const path = join(folder, "sharing.db");
  openHub(path).close();
  const before = new Database(path);
  const everything = '{"items":"all","jurisdictions":"all","subjectKinds":"all"}';
  before.exec(`
    ${beforeGiven}
    INSERT INTO subscriber (node, position, subscription, at)
      VALUES ('baoan', 7, '${everything}', 1), ('hz', 0, '${everything}', 1), ('city', 2, '${everything}', 1);
    INSERT INTO page (position, source, feed, from_seq, last, hash, head, refused, at)
      VALUES (7, 'dg', 'f', 1, 3, 'h', 'head', '[]', 1);
    INSERT INTO change (position, seq, item, jurisdiction, kind, line, moved, given_from)
      VALUES (7, 1, 'penalty', '440306', 'enterprise', 'gone', 0, 2), (7, 2, 'penalty', '440306', 'enterprise', 'new', 0, NULL),
        (7, 3, 'penalty', '440306', 'enterprise', 'never', 0, 9007199254740991);
    INSERT INTO held (source, record, position, seq, given, first, feed, version, state, item, scheme, subject)
      VALUES ('dg', 'penalty:1', 7, 1, 7, 2, 'f', 2, 'repaired', 'penalty', 'uscc', 'x'),
        ('dg', 'penalty:2', 7, 2, 7, 7, 'f', 1, 'current', 'penalty', 'uscc', 'x'),
        ('dg', 'penalty:3', 7, 3, 7, 7, 'f', 1, 'repaired', 'penalty', 'uscc', 'x');
    PRAGMA user_version = 5;`);
  before.close();
  const hub = openHub(path);
  const lines = hub.behind(0, 1_000).flatMap((page) => page.lines);
  const given = lines.map((line) => [line?.line, line?.isGone, [...(line?.given ?? [])].sort()]);
  expect(given).toEqual([
    ["gone", true, ["baoan", "city"]],
    ["new", false, []],
    ["never", true, []],
  ]);
  const baoan = nodeIdSchema.parse("baoan");
  const scope = { items: [], missed: [], jurisdictions: "all", subjectKinds: "all" } as const;
  expect(hub.isReading({ node: baoan, after: 7, scope }), "it begins again once").toBe(false);
  hub.close();
  rmSync(folder, { recursive: true, force: true });
});

it("is brought up some thousand records at a time, and again from the beginning where that was cut off", () => {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-hub-"));
  const path = join(folder, "sharing.db");
  openHub(path).close();
  const before = new Database(path);
  before.exec(`
    ${beforeGiven}
    INSERT INTO subscriber (node, position, subscription, at)
      VALUES ('baoan', 7, '{"items":"all","jurisdictions":"all","subjectKinds":"all"}', 1);
    CREATE TEMP TABLE number AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) SELECT i FROM n;
    INSERT INTO change (position, seq, item, jurisdiction, kind, line, moved, given_from)
      SELECT 7, i, 'penalty', '440306', 'enterprise', 'line', 0, iif(i % 3 = 0, 2, NULL) FROM number;
    INSERT INTO held (source, record, position, seq, given, first, feed, version, state, item, scheme, subject)
      SELECT iif(i % 2 = 0, 'dg', 'hz'), 'penalty:' || i, 7, i, 7, iif(i % 3 = 2, 7, 2), 'f', 2, iif(i % 3 = 0, 'repaired', 'current'), 'penalty', 'uscc', 'x'
        FROM number;
    PRAGMA user_version = 5;`);
  before.close();
  for (const again of [1, 2]) {
    if (again === 2) {
      const cutOff = new Database(path);
      // As it is before the last step: `first` must not be null yet.
      cutOff.exec(
        "ALTER TABLE held DROP COLUMN first; ALTER TABLE held ADD COLUMN first INTEGER NOT NULL DEFAULT 0",
      );
      cutOff.exec("UPDATE held SET first = iif(seq % 3 = 2, 7, 2); PRAGMA user_version = 5");
      cutOff.close();
    }
    openHub(path).close();
    const after = new Database(path);
    const counted =
      "SELECT count(*) AS count, sum(gone) AS gone, count(given) AS given, count(given_until) AS ends";
    expect(after.prepare(`${counted} FROM change`).get()).toEqual({
      ...{ count: 6_000, gone: 2_000, given: 4_000, ends: 4_000 },
    });
    const nullable = after.prepare(`SELECT "notnull" FROM pragma_table_info('held') WHERE name = 'first'`);
    expect(nullable.pluck().get(), "nobody says it any more").toBe(0);
    after.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

it("is gone through once: what was taken since says itself who was given what, also when the schema changes again", () => {
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-hub-"));
  const path = join(folder, "sharing.db");
  openHub(path).close();
  const before = new Database(path);
  before.exec(`
    ${beforeGiven}
    INSERT INTO change (position, seq, item, jurisdiction, kind, line, moved, given_from)
      VALUES (1, 1, 'penalty', '440306', 'enterprise', 'line', 0, 1);
    INSERT INTO held (source, record, position, seq, given, first, feed, version, state, item, scheme, subject)
      VALUES ('dg', 'penalty:1', 1, 1, 1, 1, 'f', 1, 'current', 'penalty', 'uscc', 'x');
    PRAGMA user_version = 5;`);
  before.close();
  openHub(path).close();
  const taken = new Database(path);
  const noted = "SELECT gone, given, given_until FROM change";
  // As a repair is taken, and as a file of the version before the next is.
  taken.exec(`
    UPDATE change SET position = 2, gone = 1, given = '1', given_until = '2027-01-01', given_from = NULL;
    UPDATE held SET position = 2, state = 'repaired', first = NULL;
    PRAGMA user_version = ${sharingVersion - 1};`);
  const said = taken.prepare(noted).get();
  taken.close();
  openHub(path).close();
  const after = new Database(path, { readonly: true });
  expect(after.prepare(noted).get()).toEqual(said);
  after.close();
  rmSync(folder, { recursive: true, force: true });
});
