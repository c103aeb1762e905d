import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { openHub } from "./index.ts";

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
  expect(hub.subscribers()).toMatchObject([{ node: "dg", position: 7, isLapsed: false }]);
  const goneVersion = (record: string) => hub.version(nodeIdSchema.parse("dg"), record)?.goneVersion;
  expect([goneVersion("penalty:1"), goneVersion("penalty:2")]).toEqual([null, 3]);
  hub.close();
  const after = new Database(path, { readonly: true });
  expect(after.prepare("SELECT position FROM change").pluck().all()).toEqual([2]);
  after.close();
  rmSync(folder, { recursive: true, force: true });
});
