import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ItemCode, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import { testRecord } from "@xinqiao/protocol/testing";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type AgentStore, openStore } from "./index.ts";
import { migrate } from "./migrations.ts";
import { waitingSql } from "./outbox.ts";

const penalty = itemCodeSchema.parse("penalty");
const licence = itemCodeSchema.parse("licence");
const permit = itemCodeSchema.parse("permit");
const feed = (end: string) => feedIdSchema.parse(`0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f6${end}`);

let folder: string;
let store: AgentStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-outbox-"));
  store = openStore(join(folder, "store.db"));
  list([penalty, licence]);
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

/** How many were pending after each turn. */
function queueAll(): readonly number[] {
  const turns: number[] = [];
  while (store.outbox.queueSome()) turns.push(pending().length);
  return turns;
}

function waiting(): readonly unknown[] {
  queueAll();
  return store.outbox.waiting(10).map(({ record }) => record?.id);
}

function list(told: readonly ItemCode[], withheld: readonly ItemCode[] = [], id = "f"): void {
  store.outbox.follow({ told, withheld }, () => feed(id));
}

it("has waiting whatever was brought, and what was corrected, each once", () => {
  bring("penalty:1", "penalty:2");
  expect(waiting()).toEqual(["penalty:1", "penalty:2"]);
  store.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
  expect(waiting()).toEqual(["penalty:1", "penalty:2"]);
});

it("has nothing waiting but of the items that were chosen, also of what came before or comes after", () => {
  bring("penalty:1", "licence:1");
  store.outbox.choose([licence], feed("0"));
  queueAll();
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
  list([licence], [penalty]);
  expect(store.outbox.feed().id, "something may have been told").not.toBe(id);
  queueAll();
  expect(pending()).toEqual(["licence:1"]);
  bring("penalty:2");
  store.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
  store.outbox.requeue(["penalty:1"]);
  store.outbox.beginAnew(feed("1"));
  store.outbox.choose([penalty, licence], feed("2"));
  queueAll();
  expect(pending()).toEqual(["licence:1"]);
});

it("has all of it pending again once it is handed out, and names that before its feed is complete; not when it is listed no more", () => {
  bring("penalty:1", "licence:1");
  store.outbox.choose([penalty], feed("0"));
  list([], [penalty, licence], "1");
  store.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
  list([]);
  bring("penalty:2");
  queueAll();
  expect(pending(), "nobody is to hear of it").toEqual([]);
  list([penalty, licence]);
  expect(store.outbox.feed().id, "nobody has to read anew for it").toBe(feed("1"));
  queueAll();
  expect(pending(), "a licence is not chosen").toEqual(["penalty:1", "penalty:2"]);
  expect(store.outbox.isComplete(0)).toBe(false);
});

it("has pending, of an item that the catalogue does not list, what is disclosed no more alone; the rest, once, when it does", () => {
  list([licence]);
  bring("penalty:1", "penalty:2", "licence:1");
  expect(waiting()).toEqual(["licence:1"]);
  store.own.correct("penalty:1", { state: "repaired" }, "2026-01-02T00:00:00Z");
  store.outbox.requeue(["penalty:2"]);
  expect(pending()).toEqual(["licence:1", "penalty:1"]);
  store.own.correct("penalty:1", { state: "current" }, "2026-01-03T00:00:00Z");
  expect(pending()).toEqual(["licence:1"]);
  list([penalty, licence]);
  expect(store.outbox.isWaiting()).toBe(true);
  expect(waiting()).toEqual(["licence:1", "penalty:1", "penalty:2"]);
  list([]);
  expect(waiting(), "listed no more").toEqual([]);
  expect(store.outbox.isWaiting()).toBe(false);
  list([penalty]);
  expect(waiting()).toEqual(["penalty:1", "penalty:2"]);
});

it("is told anew in turns, each of so many, in the order they came, and none before all are queued", () => {
  bring(...Array.from({ length: 4_500 }, (_, n) => `penalty:${n}`));
  store.outbox.choose("all", feed("0"));
  store.outbox.choose([penalty], feed("1"));
  expect(pending()).toEqual([]);
  expect(store.outbox.isWaiting()).toBe(true);
  expect(store.outbox.queueSome()).toBe(true);
  store.close();
  store = openStore(join(folder, "store.db"));
  store.own.correct("penalty:4499", { state: "repaired" }, "2026-01-02T00:00:00Z");
  expect(queueAll()).toEqual([4_001, 4_500]);
  expect(store.outbox.waiting(1)).toMatchObject([{ record: { id: "penalty:0" } }]);
  const last = store.outbox.waiting(4_500).at(-1)?.n ?? 0;
  expect([last - 1, last].map(store.outbox.isComplete)).toEqual([false, true]);
});

it("is looked through in turns, each of so many, when an item is listed no more, and not when one more is", () => {
  bring("licence:1", ...Array.from({ length: 4_500 }, (_, n) => `penalty:${n}`));
  store.own.correct("penalty:4499", { state: "repaired" }, "2026-01-02T00:00:00Z");
  store.outbox.feed();
  queueAll();
  list([penalty, licence, permit]);
  expect(queueAll(), "all may still be told").toEqual([]);
  list([licence]);
  expect(pending(), "nothing at once").toHaveLength(4_501);
  expect(store.outbox.queueSome()).toBe(true);
  expect(pending()).toHaveLength(2_502);
  store.close();
  store = openStore(join(folder, "store.db"));
  expect(store.outbox.isWaiting()).toBe(true);
  queueAll();
  expect(pending()).toEqual(["licence:1", "penalty:4499"]);
  list([penalty, licence]);
  queueAll();
  expect(pending(), "what was kept").toHaveLength(4_501);
});

it("is looked through in turns for what is withheld, as is what was kept until its item is listed", () => {
  list([licence]);
  bring(...Array.from({ length: 4_500 }, (_, n) => `penalty:${n}`), "licence:1");
  list([licence], [penalty], "1");
  expect(queueAll(), "what waits in two, what was kept in three").toEqual([1, 1, 1, 1, 1]);
  expect(pending()).toEqual(["licence:1"]);
  expect(store.outbox.isWaiting()).toBe(true);
});

it("goes through nothing but what waits to find the oldest", () => {
  const database = new Database(join(folder, "store.db"), { readonly: true });
  const plan = database.prepare<[number], { detail: string }>(`EXPLAIN QUERY PLAN ${waitingSql}`).all(1);
  database.close();
  expect(plan.map(({ detail }) => detail)).toEqual([
    "SEARCH pending USING INTEGER PRIMARY KEY (rowid>?)",
    "SEARCH record USING INDEX sqlite_autoindex_record_1 (id=?)",
  ]);
});

it("has the same pending as before in an older version's store, but what is withheld or not listed", () => {
  const path = join(folder, "older.db");
  const database = new Database(path);
  migrate(database, 23);
  database.prepare("INSERT INTO withheld_item VALUES ('licence')").run();
  const columns =
    "id, item, kind, scheme, subject, name, jurisdiction, version, state, occurred_on, recorded_at, fields";
  const add = database.prepare(
    `INSERT INTO record (${columns}) VALUES (?, ?, 'enterprise', 'uscc', 's', '', '441900', 1, ?, '2026-01-01', '2026-01-01T00:00:00Z', '{}')`,
  );
  for (const item of ["licence", "penalty", "permit"])
    for (const state of ["current", "repaired"]) add.run(`${item}:${state}`, item, state);
  database.prepare("DELETE FROM pending WHERE record = 'penalty:repaired'").run();
  database.close();
  store.close();
  store = openStore(path);
  list([penalty], [licence]);
  queueAll();
  const after = new Database(path, { readonly: true });
  expect(after.prepare("SELECT record FROM pending ORDER BY n").pluck().all()).toEqual([
    "penalty:current",
    "permit:repaired",
  ]);
  after.close();
});

it("says how many changes the city has not acknowledged, in pages or not, and when it last did", () => {
  expect(store.outbox.standing()).toEqual({ waiting: 0, acknowledgedAt: undefined });
  bring("penalty:1", "penalty:2", "penalty:3");
  expect(store.outbox.standing().waiting, "nothing is told yet").toBe(0);
  store.outbox.feed();
  queueAll();
  expect(store.outbox.standing()).toEqual({ waiting: 3, acknowledgedAt: undefined });
  const taken = store.outbox
    .waiting(2)
    .flatMap(({ record, ...each }) => (record ? [{ ...each, record }] : []));
  store.outbox.seal({ from: 1, last: 2, head: "head", hash: "hash", lines: ["1", "2"] }, taken);
  expect(store.outbox.standing().waiting, "one of them in no page").toBe(3);
  store.outbox.acknowledged(2, "receipt", 7_000);
  expect(store.outbox.standing()).toEqual({ waiting: 1, acknowledgedAt: 7_000 });
});
