import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import { testRecord } from "@xinqiao/protocol/testing";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type AgentStore, openStore } from "./index.ts";
import { schemaVersion } from "./migrations.ts";

const penalty = itemCodeSchema.parse("penalty");
const licence = itemCodeSchema.parse("licence");
const feed = (end: string) => feedIdSchema.parse(`0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f6${end}`);

let folder: string;
let store: AgentStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-outbox-"));
  store = openStore(join(folder, "store.db"));
});

afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true, force: true });
});

function bring(...ids: string[]): void {
  const session = store.imports.start({
    file: "f",
    sha256: "s",
    item: penalty,
    startedAt: "2026-01-01T00:00:00Z",
  });
  session.take(ids.map((id) => testRecord({ id, item: id.split(":")[0] })));
  session.close();
}

/** All that waits, whatever may be told of it: that is what is gone through each time. */
function pending(): readonly unknown[] {
  const database = new Database(join(folder, "store.db"), { readonly: true });
  const all = database.prepare("SELECT record FROM pending ORDER BY n").pluck().all();
  database.close();
  return all;
}

const waiting = () => store.outbox.waiting([penalty, licence], 10).map(({ record }) => record?.id);

it("has waiting whatever was brought, and what was corrected, each once", () => {
  bring("penalty:1", "penalty:2");
  expect(waiting()).toEqual(["penalty:1", "penalty:2"]);
  store.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
  expect(waiting()).toEqual(["penalty:1", "penalty:2"]);
});

it("has nothing waiting but of the items that were chosen, also of what came before or comes after", () => {
  bring("penalty:1", "licence:1");
  store.outbox.choose([licence], feed("0"));
  bring("penalty:2", "licence:2");
  store.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
  expect(waiting()).toEqual(["licence:1", "licence:2"]);
  expect(store.outbox.feed().id).toBe(feed("0"));
});

it("begins anew only when the choice has changed", () => {
  bring("penalty:1");
  store.outbox.choose("all", feed("0"));
  expect(store.outbox.feed().id).not.toBe(feed("0"));
  store.outbox.choose([penalty], feed("1"));
  store.outbox.choose([penalty, penalty], feed("2"));
  expect(store.outbox.feed().id).toBe(feed("1"));
  store.outbox.choose("all", feed("3"));
  expect(store.outbox.feed().id).toBe(feed("3"));
  expect(waiting()).toEqual(["penalty:1"]);
});

it("has nothing pending of an item that is withheld, whether it came before or comes after, or is told anew", () => {
  bring("penalty:1", "licence:1");
  const { id } = store.outbox.feed();
  store.outbox.withhold([penalty], () => feed("0"));
  expect(store.outbox.feed().id, "something may have been told").not.toBe(id);
  expect(pending()).toEqual(["licence:1"]);
  bring("penalty:2");
  store.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
  store.outbox.requeue(["penalty:1"]);
  store.outbox.beginAnew(feed("1"));
  store.outbox.choose([penalty, licence], feed("2"));
  expect(pending()).toEqual(["licence:1"]);
});

it("has all of it pending again once it is not withheld any more, and names that before its feed is complete", () => {
  bring("penalty:1", "licence:1");
  store.outbox.choose([penalty], feed("0"));
  store.outbox.withhold([penalty, licence], () => feed("1"));
  expect(pending()).toEqual([]);
  store.outbox.withhold([], () => feed("2"));
  expect(store.outbox.feed().id, "nobody has to read anew for it").toBe(feed("1"));
  expect(pending(), "a licence is not chosen").toEqual(["penalty:1"]);
  expect(store.outbox.isComplete([penalty], 0)).toBe(false);
});

it("has nothing pending of what waited withheld in an older version's store", () => {
  bring("penalty:1", "licence:1");
  store.outbox.withhold([penalty], () => feed("0"));
  store.close();
  const database = new Database(join(folder, "store.db"));
  database.exec("INSERT INTO pending (record) VALUES ('penalty:1')");
  database.pragma(`user_version = ${schemaVersion - 1}`);
  database.close();
  store = openStore(join(folder, "store.db"));
  expect(pending()).toEqual(["licence:1"]);
});
