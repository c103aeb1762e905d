import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "./index.ts";
import { migrate } from "./migrations.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-revocation-book-"));
  path = join(folder, "store.db");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A store of when one unsent answer of each notice was kept; the city has settled this one. */
function older(): void {
  const database = new Database(path);
  migrate(database, 27);
  database.exec(`
    INSERT INTO revocation (notice, text, claims, iat, settled) VALUES ('n', 't', '{}', 0, 1);
    INSERT INTO revocation_unsent VALUES ('n', 'kept', '2026-01-02', 'r', 'first')`);
  database.close();
}

it("keeps an older version's unsent answer, and the ones after it beside it until the city has one of them", () => {
  older();
  const { revocations, close } = openStore(path);
  const texts = () => revocations.unsent().map(({ text }) => text);
  expect(texts()).toEqual(["first"]);
  for (const text of ["second", "third", "fourth"])
    revocations.answering("n", { outcome: "revoked", on: "2026-01-03" }, text);
  expect(texts()).toEqual(["fourth"]);
  revocations.notAnswered({ notice: "n", text: "fourth" });
  expect(texts()).toEqual(["third"]);
  revocations.answered({ notice: "n", text: "second" });
  expect(texts(), "given while the other was under way").toEqual(["third"]);
  revocations.answered({ notice: "n", text: "third" });
  expect(texts()).toEqual([]);
  expect(revocations.answerTo("n")).toBe("third");
  close();
});
