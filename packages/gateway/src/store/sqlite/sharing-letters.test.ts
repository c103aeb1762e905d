import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSharingFile } from "./sharing-file.ts";
import { createHubLetters } from "./sharing-letters.ts";
import { plansOf } from "./testing/plans.ts";

const [dg, hz] = ["dg", "hz"].map((node) => nodeIdSchema.parse(node));

let folder: string;
let path: string;

/** Four of one source, two of another. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-letters-"));
  path = join(folder, "sharing.db");
  const database = openSharingFile(path);
  database.exec(`INSERT INTO dead_letter (source, record, version, item, code, feed, seq, since) VALUES
    ('dg', 'penalty:1', 1, 'penalty', 'a', 'f', 1, 0), ('dg', 'penalty:2', 1, 'penalty', 'a', 'f', 2, 0),
    ('dg', 'penalty:3', 1, 'penalty', 'b', 'f', 3, 0), ('dg', 'penalty:4', 1, 'penalty', 'a', 'g', 4, 0),
    ('hz', 'penalty:1', 1, 'penalty', 'a', 'f', 1, 0), ('hz', 'penalty:2', 1, 'penalty', 'a', 'f', 2, 0)`);
  database.close();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function on<T>(run: (database: Database.Database) => T): T {
  const database = new Database(path);
  const found = run(database);
  database.close();
  return found;
}

const counts = () => on((database) => createHubLetters(database).port.letterCounts());

it("are asked for, and counted, without looking at any that are not", () => {
  const plans = plansOf(path, (database) => {
    const { port } = createHubLetters(database);
    for (const source of [dg, hz]) if (source !== undefined) expect(port.again(source)).toEqual([]);
    port.letterCounts();
  });
  expect(plans).toEqual([
    "SEARCH dead_letter USING INDEX letter_asked (source=?)",
    "SEARCH dead_letter USING INDEX letter_asked (source=?)",
    "SCAN letter_count",
  ]);
});

it("are counted as they come, change and go", () => {
  const [ofDg, ofHz] = [
    [
      { source: dg, code: "a", count: 3 },
      { source: dg, code: "b", count: 1 },
    ],
    [{ source: hz, code: "a", count: 2 }],
  ];
  expect(counts()).toEqual([...ofDg, ...ofHz]);
  on((database) => {
    database.exec("UPDATE dead_letter SET code = 'b', asked = 1 WHERE record = 'penalty:2'");
    createHubLetters(database).forgetOther("dg", "g");
  });
  expect(counts()).toEqual([
    { source: dg, code: "a", count: 1 },
    { source: hz, code: "a", count: 1 },
    { source: hz, code: "b", count: 1 },
  ]);
  on((database) => createHubLetters(database).port.dropLetters({}));
  expect(counts()).toEqual([]);
});

it("are counted once of a file of before they were, and not twice of one of since", () => {
  const before = counts();
  on((database) => database.exec("DROP TABLE letter_count"));
  for (const _again of [1, 2]) {
    openSharingFile(path).close();
    expect(counts()).toEqual(before);
  }
});
