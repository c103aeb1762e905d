import { copyFileSync, existsSync, rmSync, statSync } from "node:fs";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Platform } from "./index.ts";
import { openSqliteTable } from "./platform/sqlite.ts";
import { dg, hz, licence, penalty, replyLost, TestCopies } from "./testing/copies.ts";

const secondFeed = feedIdSchema.parse("0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f61");
const all = { name: "platform", items: "all", target: "table" } as const;

let copies: TestCopies;
let platform: Platform;

beforeEach(() => {
  copies = new TestCopies();
  platform = openSqliteTable({ path: copies.path("platform.db"), table: "credit_copy", create: true });
  copies.store.deliveries.choose([all]);
});

afterEach(async () => {
  await platform.close();
  copies.close();
});

function inPlatform<Value>(work: (database: Database.Database) => Value): Value {
  const database = new Database(copies.path("platform.db"));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

const table = (): readonly string[] =>
  inPlatform((database) =>
    database
      .prepare<[], string>(
        "SELECT concat_ws(' ', source, item, record, version, state) FROM credit_copy ORDER BY 1",
      )
      .pluck()
      .all(),
  );
const inTable = (sql: string) => inPlatform((database) => database.exec(sql));
const deliverAll = () => copies.deliverAll("platform", platform);
const standing = () => copies.store.deliveries.standings()[0];
const taken = async (item = penalty) => (await copies.store.deliveries.takenBy(dg, copies.today))(item);

/** How often each record is written. */
function countWrites(): () => readonly string[] {
  inTable(`
    CREATE TABLE written (what TEXT);
    CREATE TRIGGER put AFTER INSERT ON credit_copy BEGIN INSERT INTO written VALUES (new.record); END;
    CREATE TRIGGER put_again AFTER UPDATE ON credit_copy BEGIN INSERT INTO written VALUES (new.record); END;
    CREATE TRIGGER removed AFTER DELETE ON credit_copy BEGIN INSERT INTO written VALUES ('-' || old.record); END;`);
  return () =>
    inPlatform((database) => database.prepare<[], string>("SELECT what FROM written").pluck().all());
}

describe("a platform's table", () => {
  it("has what may be used of the copies, and loses what is repaired, withdrawn, unwanted or dropped", async () => {
    copies.take([1, 2, 3, 4, 5].map((n) => ({ id: `penalty:${n}` })));
    copies.take([{ id: "penalty:1" }], { source: hz });
    await deliverAll();
    expect(table()).toEqual(copies.shown());
    expect(table()).toHaveLength(6);
    copies.take([
      { id: "penalty:1", version: 2, state: "repaired", fields: {}, subjectName: "" },
      { id: "penalty:2", version: 2, state: "withdrawn", fields: {}, subjectName: "" },
      { id: "penalty:3", version: 2, state: "annotated", annotation: "异议处理中" },
    ]);
    copies.take([], { unwanted: ["penalty:4"] });
    await deliverAll();
    expect(table()).toEqual([
      "dg penalty penalty:3 2 annotated",
      "dg penalty penalty:5 1 current",
      "hz penalty penalty:1 1 current",
    ]);
    copies.take([{ id: "penalty:6" }], { feed: secondFeed, complete: true });
    await deliverAll();
    expect(table()).toEqual(["dg penalty penalty:6 1 current", "hz penalty penalty:1 1 current"]);
  });

  it("holds a record as its columns say", async () => {
    copies.take([{ id: "penalty:1", disclosedUntil: "2026-02-01", fields: { CF_WSH: "示罚〔2026〕1号" } }]);
    await deliverAll();
    const row = inPlatform((database) => database.prepare("SELECT * FROM credit_copy").get());
    expect(row).toMatchObject({
      subject_scheme: "uscc",
      subject_id: "91440300MADEM00032",
      subject_name: "示例制造有限公司",
      occurred_on: "2025-12-01",
      valid_until: null,
      disclosed_until: "2026-02-01",
      fields: '{"CF_WSH":"示罚〔2026〕1号"}',
    });
  });

  it("says beside a record what is disputed of it, as soon as the city does and until it does not any more", async () => {
    copies.take([{ id: "penalty:1" }, { id: "penalty:2" }]);
    await deliverAll();
    const writes = countWrites();
    const { inbox } = copies.store;
    const [since, tag] = ["2026-01-01T08:00:00Z", "A".repeat(43)];
    const of = (record: string, kind: "objection" | "repair") => ({ source: dg, record, kind, since });
    const disputes = () =>
      inPlatform((database) =>
        database
          .prepare<[], string | null>("SELECT disputes FROM credit_copy ORDER BY record")
          .pluck()
          .all()
          .map((text) => (text === null ? null : JSON.parse(text))),
      );
    inbox.dispute({ tag, records: [of("penalty:2", "objection"), of("penalty:3", "objection")] });
    expect(standing()).toMatchObject({ waiting: 1 });
    expect(await taken()).toBe(1);
    await deliverAll();
    expect(disputes()).toEqual([null, [{ kind: "objection", since }]]);
    inbox.dispute({ tag, records: [] });
    await deliverAll();
    expect(disputes()).toEqual([null, null]);
    expect(writes()).toEqual(["penalty:2", "penalty:2"]);
    expect(await taken()).toBe(2);
  });

  it("is told again of no record that is disputed as before, when the city says of another", async () => {
    copies.take([{ id: "penalty:1" }, { id: "penalty:2" }, { id: "penalty:3" }]);
    const [since, later] = ["2026-01-01T08:00:00Z", "2026-01-02T08:00:00Z"];
    const of = (record: string, at: string) => ({
      source: dg,
      record,
      kind: "objection" as const,
      since: at,
    });
    const say = (...records: readonly ReturnType<typeof of>[]) =>
      copies.store.inbox.dispute({ tag: "A".repeat(43), records: [...records] });
    say(of("penalty:1", since), of("penalty:2", since));
    await deliverAll();
    const writes = countWrites();
    say(of("penalty:2", since), of("penalty:1", since));
    expect(standing()).toMatchObject({ waiting: 0 });
    say(of("penalty:1", since), of("penalty:2", later), of("penalty:3", since));
    await deliverAll();
    expect(writes()).toEqual(["penalty:2", "penalty:3"]);
  });

  it("loses what has ended, on the day after", async () => {
    copies.take([{ id: "penalty:1", disclosedUntil: "2026-01-01" }, { id: "penalty:2" }]);
    await deliverAll();
    expect(table()).toHaveLength(2);
    copies.today = "2026-01-02";
    copies.store.inbox.forgetEnded(copies.today);
    await deliverAll();
    expect(table()).toEqual(["dg penalty penalty:2 1 current"]);
  });

  it("is written once for several changes of a record while it was away, and never with one in between", async () => {
    await deliverAll();
    const writes = countWrites();
    for (const version of [1, 2, 3])
      copies.take([{ id: "penalty:1", version }, { id: `penalty:1${version}` }]);
    await deliverAll();
    expect(writes()).toEqual(["penalty:11", "penalty:12", "penalty:1", "penalty:13"]);
    expect(table()).toContain("dg penalty penalty:1 3 current");
  });

  it("takes a batch once when its answer is lost, and when the agent dies before it has noted it", async () => {
    await deliverAll();
    const writes = countWrites();
    copies.take([{ id: "penalty:1" }, { id: "penalty:2" }]);
    expect(await copies.step("platform", replyLost(platform))).toMatchObject({ ok: false });
    expect(table()).toHaveLength(2);
    expect(standing()).toMatchObject({ delivered: 0, waiting: 2 });
    copies.reopen();
    copies.take([{ id: "penalty:2", version: 2 }]);
    await deliverAll();
    expect(writes()).toEqual(["penalty:1", "penalty:2", "penalty:2"]);
    expect(table()).toEqual(copies.shown());
    expect(standing()).toMatchObject({ waiting: 0, isTelling: false });
  });

  it("changes by nothing or by all of a batch", async () => {
    await deliverAll();
    copies.take([{ id: "penalty:1" }, { id: "penalty:2" }]);
    inTable("ALTER TABLE credit_copy_place RENAME TO away");
    expect(await copies.step("platform", platform)).toMatchObject({
      ok: false,
      error: { code: "delivery.unavailable" },
    });
    expect(table()).toEqual([]);
    inTable("DROP TABLE IF EXISTS credit_copy_place; ALTER TABLE away RENAME TO credit_copy_place");
    await deliverAll();
    expect(table()).toHaveLength(2);
  });

  it("is told everything anew when the agent's store was put back, and what is not there any more goes", async () => {
    copies.take([{ id: "penalty:1" }, { id: "penalty:2" }]);
    await deliverAll();
    copies.backUp();
    copies.take([{ id: "penalty:3" }, { id: "penalty:2", version: 2 }]);
    await deliverAll();
    copies.putBack();
    copies.take([{ id: "penalty:4" }]);
    await deliverAll();
    expect(table()).toEqual(copies.shown());
    expect(table()).toHaveLength(3);
  });

  it("is told everything anew when it was put back itself, or is another one", async () => {
    copies.take([{ id: "penalty:1" }]);
    await deliverAll();
    inPlatform((database) => database.pragma("wal_checkpoint(TRUNCATE)"));
    copyFileSync(copies.path("platform.db"), copies.path("platform.bak"));
    copies.take([{ id: "penalty:2" }], { unwanted: ["penalty:1"] });
    await deliverAll();
    await platform.close();
    copyFileSync(copies.path("platform.bak"), copies.path("platform.db"));
    copies.take([{ id: "penalty:3" }]);
    await deliverAll();
    expect(table()).toEqual(copies.shown());
    inTable("DROP TABLE credit_copy; DROP TABLE credit_copy_place");
    await platform.close();
    copies.take([{ id: "penalty:4" }]);
    await deliverAll();
    expect(table()).toEqual(copies.shown());
  });

  it("keeps what it has of before until all copies were read: by a store made anew, and by one that reads anew", async () => {
    copies.take([{ id: "penalty:1" }, { id: "penalty:2" }]);
    await deliverAll();
    const before = copies.shown();
    copies.lose();
    copies.store.deliveries.choose([all]);
    await deliverAll();
    copies.take([{ id: "penalty:1" }]);
    await deliverAll();
    expect(table(), "the rest may come yet").toEqual(before);
    copies.readAll();
    copies.store.inbox.readAnew();
    await deliverAll();
    expect(standing()).toMatchObject({ waiting: 0, isTelling: true });
    expect(table()).toEqual(before);
    copies.readAll();
    copies.take([{ id: "penalty:1" }]);
    copies.readAll();
    await deliverAll();
    expect(standing()).toMatchObject({ isTelling: false });
    expect(table()).toEqual(copies.shown());
    expect(table()).toHaveLength(1);
  });

  it("keeps nothing of before when it is empty now", async () => {
    copies.take([{ id: "penalty:1" }]);
    await deliverAll();
    copies.store.deliveries.choose([]);
    copies.take([], { unwanted: ["penalty:1"] });
    copies.store.deliveries.choose([all]);
    await deliverAll();
    expect(table()).toEqual([]);
  });
});

describe("copies that there were before the first delivery", () => {
  const many = 4_500;
  const queued = () => {
    const database = new Database(copies.path("store.db"), { readonly: true });
    const count = database.prepare<[], number>("SELECT count(*) FROM copy_change").pluck().get();
    database.close();
    return count;
  };
  beforeEach(() => {
    copies.store.deliveries.choose([]);
    copies.take(Array.from({ length: many }, (_, n) => ({ id: `penalty:${n}` })));
    copies.store.deliveries.choose([all]);
  });

  it("are queued in turns, each of so many, and none once all are", () => {
    expect(queued()).toBe(0);
    const turns: (number | undefined)[] = [];
    while (copies.store.deliveries.queueSome()) turns.push(queued());
    expect(turns).toEqual([2_000, 4_000, many]);
    copies.store.deliveries.choose([all, { ...all, name: "other" }]);
    expect(copies.store.deliveries.queueSome()).toBe(false);
  });

  it("are all delivered, once, also when the agent stops between and when they change before their turn", async () => {
    expect(copies.store.deliveries.queueSome()).toBe(true);
    await copies.step("platform", platform);
    copies.reopen();
    const [first, last] = ["penalty:0", "penalty:999"];
    copies.take(
      [first, last].map((id) => ({ id, version: 2 })),
      { unwanted: ["penalty:1", "penalty:998"] },
    );
    const writes = countWrites();
    await deliverAll();
    expect(table()).toEqual(copies.shown());
    expect(writes().filter((record) => record === last)).toHaveLength(1);
    expect(standing()).toMatchObject({ waiting: 0, isTelling: false });
  });

  it("are never said to be all while some are not queued", async () => {
    // One that queues, and the batches of what that has queued.
    for (let at = 0; at < 5; at += 1) await copies.step("platform", platform);
    expect(standing()).toMatchObject({ waiting: 0, isTelling: true });
    await copies.step("platform", platform);
    expect(standing()).toMatchObject({ isTelling: true });
    expect(table().length).toBeLessThan(many);
    await deliverAll();
    expect(table()).toHaveLength(many);
  });

  it("are let be when nothing is delivered any more, and all told by the next that is", async () => {
    copies.store.deliveries.queueSome();
    copies.store.deliveries.choose([]);
    expect(copies.store.deliveries.queueSome()).toBe(false);
    copies.store.deliveries.choose([all]);
    await deliverAll();
    expect(table()).toHaveLength(many);
  });
});

describe("what a platform does not take", () => {
  beforeEach(async () => {
    await deliverAll();
    inTable(`CREATE TRIGGER strict BEFORE INSERT ON credit_copy WHEN new.fields LIKE '%毒%'
      BEGIN SELECT raise(ABORT, 'no'); END`);
    copies.take(
      Array.from({ length: 20 }, (_, n) => ({
        id: `penalty:${n}`,
        ...(n % 7 === 3 && { fields: { CF_WSH: "毒" } }),
      })),
    );
    await deliverAll();
  });

  it("is set aside by reference, and holds nothing else up", async () => {
    expect(table()).toHaveLength(17);
    expect(copies.dead.map(({ record }) => record)).toEqual(["penalty:3", "penalty:10", "penalty:17"]);
    expect(copies.store.deliveries.deadLetters("platform")).toEqual(
      ["penalty:10", "penalty:17", "penalty:3"].map((record) => ({
        source: dg,
        record,
        item: penalty,
        version: 1,
        reason: "SQLITE_CONSTRAINT_TRIGGER",
        since: copies.now,
      })),
    );
    expect(standing()).toMatchObject({ delivered: 17, waiting: 0, dead: 3 });
    expect(await taken()).toBe(17);
  });

  it("is delivered again when asked to, and again set aside while it is not taken", async () => {
    expect(copies.store.deliveries.replay("platform")).toBe(3);
    await deliverAll();
    expect(standing()).toMatchObject({ dead: 3 });
    inTable("DROP TRIGGER strict");
    expect(copies.store.deliveries.replay("platform")).toBe(3);
    expect(standing()).toMatchObject({ dead: 0, waiting: 3 });
    await deliverAll();
    expect(table()).toEqual(copies.shown());
    expect(await taken()).toBe(20);
  });

  it("is forgotten when asked to, or when a later version is taken", async () => {
    copies.take([{ id: "penalty:3", version: 2 }]);
    await deliverAll();
    expect(copies.store.deliveries.deadLetters("platform").map(({ record }) => record)).toEqual([
      "penalty:10",
      "penalty:17",
    ]);
    expect(copies.store.deliveries.drop("platform")).toBe(2);
    expect(copies.store.deliveries.drop("platform")).toBe(0);
    await deliverAll();
    expect(table()).toHaveLength(18);
    expect(standing()).toMatchObject({ dead: 0 });
    expect(copies.store.deliveries.replay("platform")).toBe(0);
    expect(await taken(), "the platform has not acted upon what was let be").toBe(18);
    copies.take([{ id: "penalty:10", version: 2 }]);
    await deliverAll();
    expect(await taken()).toBe(19);
  });

  it("is removed in the end too, when it was a removal that was refused", async () => {
    inTable(`CREATE TRIGGER keep BEFORE DELETE ON credit_copy BEGIN SELECT raise(ABORT, 'no'); END`);
    copies.take([{ id: "penalty:1", version: 2, state: "repaired", fields: {} }], {
      unwanted: ["penalty:2"],
    });
    copies.take([{ id: "penalty:4", version: 2 }]);
    await deliverAll();
    copies.take([{ id: "penalty:4", version: 3 }]);
    await deliverAll();
    expect(copies.dead.slice(3)).toMatchObject([
      { record: "penalty:1", version: 2 },
      { record: "penalty:2", version: null },
    ]);
    inTable("DROP TRIGGER keep; DROP TRIGGER strict");
    expect(copies.store.deliveries.replay("platform")).toBe(5);
    await deliverAll();
    expect(table()).toEqual(copies.shown());
  });

  it("is set aside no more when nothing is taken in between: what follows waits until the platform is mended", async () => {
    inTable(`CREATE TRIGGER never BEFORE INSERT ON credit_copy BEGIN SELECT raise(ABORT, 'no'); END`);
    copies.take(Array.from({ length: 600 }, (_, n) => ({ id: `penalty:x${n}` })));
    await expect(deliverAll()).rejects.toThrow("delivery.too-many-refused SQLITE_CONSTRAINT_TRIGGER");
    expect(standing()).toMatchObject({ dead: 103, waiting: 500 });
    copies.reopen();
    await expect(deliverAll()).rejects.toThrow("delivery.too-many-refused");
    expect(standing()).toMatchObject({ dead: 103, waiting: 500 });
    inTable("DROP TRIGGER never; DROP TRIGGER strict");
    await deliverAll();
    copies.store.deliveries.replay("platform");
    await deliverAll();
    expect(table()).toEqual(copies.shown());
  });
});

describe("what is stale when everything was told anew", () => {
  beforeEach(async () => {
    copies.take([1, 2, 3, 4].map((n) => ({ id: `penalty:${n}` })));
    await deliverAll();
  });

  it("is kept where the platform does not let it go, holds nothing up, is said once, and goes when it may", async () => {
    inTable(`CREATE TABLE decision (source TEXT, record TEXT, FOREIGN KEY (source, record) REFERENCES credit_copy (source, record));
      INSERT INTO decision SELECT source, record FROM credit_copy WHERE record = 'penalty:1'`);
    copies.store.deliveries.choose([]);
    copies.take([{ id: "penalty:5" }], { unwanted: ["penalty:1"] });
    copies.store.deliveries.choose([all]);
    await deliverAll();
    expect(copies.dead).toEqual([]);
    const kept = [{ code: "delivery.stale-kept", reason: "SQLITE_CONSTRAINT_FOREIGNKEY" }];
    expect(copies.staleKept).toEqual(kept);
    expect(standing()).toMatchObject({ waiting: 0, dead: 0, isTelling: true, keepsStale: true });
    copies.take([{ id: "penalty:2", version: 2, state: "repaired", fields: {} }]);
    await deliverAll();
    expect(table()).toEqual(["dg penalty penalty:1 1 current", ...copies.shown()]);
    copies.now += 3_600_000;
    copies.reopen();
    await deliverAll();
    expect(copies.staleKept).toEqual(kept);
    inTable("DROP TABLE decision");
    copies.now += 3_600_000;
    await deliverAll();
    expect(table()).toEqual(copies.shown());
    expect(standing()).toMatchObject({ isTelling: false, keepsStale: false });
  });

  it("is none of the records that change while everything is told", async () => {
    copies.take(Array.from({ length: 1_200 }, (_, n) => ({ id: `penalty:${n}` })));
    await deliverAll();
    copies.store.deliveries.queue("platform").beginAnew();
    await copies.step("platform", platform);
    copies.take(Array.from({ length: 600 }, (_, n) => ({ id: `penalty:${600 + n}`, version: 2 })));
    for (let again = true; again; ) {
      const step = await copies.step("platform", platform);
      expect(table()).toHaveLength(1_200);
      again = step.ok && step.value.again;
    }
    expect(table()).toEqual(copies.shown());
  });

  it("goes by the decision that left, though a change has come before it is taken", async () => {
    copies.store.deliveries.queue("platform").beginAnew();
    await copies.step("platform", platform);
    expect(await copies.step("platform", replyLost(platform))).toMatchObject({ ok: false });
    copies.take([{ id: "penalty:9" }], { unwanted: ["penalty:1"] });
    const batches: unknown[] = [];
    const seen: Pick<Platform, "take"> = {
      take(batch, signal) {
        batches.push([batch.complete, batch.changes.length]);
        return platform.take(batch, signal);
      },
    };
    await copies.deliverAll("platform", seen);
    expect(batches).toEqual([
      [true, 0],
      [false, 2],
    ]);
    expect(table()).toEqual(copies.shown());
  });
});

it("a platform that is too slow for a batch twice is given smaller ones, and none of them is set aside", async () => {
  await deliverAll();
  copies.take(Array.from({ length: 8 }, (_, n) => ({ id: `penalty:${n}` })));
  const sizes: number[] = [];
  let most = 2;
  const slow: Pick<Platform, "take"> = {
    async take(batch, signal) {
      sizes.push(batch.changes.length);
      if (batch.changes.length <= most) return platform.take(batch, signal);
      return { ok: false, error: { code: "delivery.too-slow", reason: "57014" } };
    },
  };
  const fault = { ok: false, error: { code: "delivery.too-slow" } };
  expect(await copies.step("platform", slow)).toMatchObject(fault);
  expect(await copies.step("platform", slow)).toMatchObject({ ok: true });
  expect(await copies.step("platform", slow)).toMatchObject(fault);
  expect(await copies.step("platform", slow)).toMatchObject({ ok: true });
  most = 4;
  await copies.deliverAll("platform", slow);
  expect(sizes).toEqual([8, 8, 4, 4, 2, 4, 2]);
  expect(copies.dead).toEqual([]);
  expect(table()).toEqual(copies.shown());
});

it("a platform that is too slow for one record alone is waited for", async () => {
  await deliverAll();
  copies.take([{ id: "penalty:1" }]);
  const error = { code: "delivery.too-slow", reason: "57014" } as const;
  const slow: Pick<Platform, "take"> = { take: async () => ({ ok: false, error }) };
  for (const _ of [1, 2, 3]) expect(await copies.step("platform", slow)).toEqual({ ok: false, error });
  expect(copies.dead).toEqual([]);
  await deliverAll();
  expect(table()).toEqual(copies.shown());
});

describe("several deliveries", () => {
  const other = { name: "licences", items: [licence], target: "table" } as const;
  let second: Platform;
  beforeEach(() => {
    second = openSqliteTable({ path: copies.path("second.db"), table: "xinqiao_copy", create: true });
  });
  afterEach(() => second.close());

  const inSecond = (): readonly string[] => {
    const database = new Database(copies.path("second.db"));
    try {
      return database
        .prepare<[], string>(
          "SELECT concat_ws(' ', source, item, record, version, state) FROM xinqiao_copy ORDER BY 1",
        )
        .pluck()
        .all();
    } finally {
      database.close();
    }
  };

  it("each get what they want at their own pace; one that comes later gets everything", async () => {
    copies.take([{ id: "penalty:1" }, { id: "licence:1", item: "licence" }]);
    await deliverAll();
    copies.take([], { unwanted: ["penalty:1"] });
    copies.store.deliveries.choose([all, other]);
    await copies.deliverAll("licences", second);
    expect(inSecond()).toEqual(["dg licence licence:1 1 current"]);
    expect(table()).toHaveLength(2);
    copies.take([{ id: "licence:2", item: "licence" }]);
    expect([await taken(licence), await taken(penalty)]).toEqual([1, 0]);
    await copies.deliverAll("licences", second);
    expect(await taken(licence), "not all have it").toBe(1);
    await deliverAll();
    expect(await taken(licence)).toBe(2);
    expect(table()).toEqual(copies.shown());
  });

  it("are asked for what they have in turns, whatever the number of copies and items", async () => {
    const item = (n: number) => (n % 3 === 0 ? licence : penalty);
    copies.take(Array.from({ length: 4_500 }, (_, n) => ({ id: `x:${n}`, item: item(n) })));
    copies.take([{ id: "x:1" }], { source: hz });
    await deliverAll();
    copies.take([{ id: "x:1", version: 2 }]);
    expect([await taken(licence), await taken(penalty)]).toEqual([1_500, 2_999]);
  });

  it("lose a record that has become one of another item", async () => {
    copies.store.deliveries.choose([all, other]);
    copies.take([{ id: "x:1", item: "licence" }]);
    await deliverAll();
    await copies.deliverAll("licences", second);
    copies.take([{ id: "x:1", item: "penalty", version: 2 }]);
    await deliverAll();
    await copies.deliverAll("licences", second);
    expect(inSecond()).toEqual([]);
    expect(table()).toEqual(["dg penalty x:1 2 current"]);
    copies.take([{ id: "x:1", item: "licence", version: 3 }]);
    await deliverAll();
    await copies.deliverAll("licences", second);
    expect(inSecond()).toEqual(["dg licence x:1 3 current"]);
    expect(table()).toEqual(inSecond());
  });

  it("begin anew when they want other items, and nothing stays that is not wanted", async () => {
    copies.take([{ id: "penalty:1" }, { id: "licence:1", item: "licence" }]);
    await deliverAll();
    copies.store.deliveries.choose([{ ...all, items: [licence] }]);
    await deliverAll();
    expect(table()).toEqual(["dg licence licence:1 1 current"]);
    expect(await taken(penalty), "nobody wants it").toBeUndefined();
  });

  it("keep no trace of what is gone once all know, nor of anything when there is none", async () => {
    const traces = () => {
      const database = new Database(copies.path("store.db"));
      try {
        return database.prepare<[], number>("SELECT count(*) FROM copy_change").pluck().get();
      } finally {
        database.close();
      }
    };
    copies.store.deliveries.choose([all, other]);
    copies.take([{ id: "penalty:1" }, { id: "penalty:2" }]);
    copies.take([], { unwanted: ["penalty:1"] });
    expect(traces()).toBe(2);
    await deliverAll();
    expect(traces(), "one does not know yet").toBe(2);
    await copies.deliverAll("licences", second);
    copies.take([{ id: "penalty:3" }]);
    await deliverAll();
    expect(traces()).toBe(2);
    copies.store.deliveries.choose([]);
    expect(traces()).toBe(0);
    copies.take([{ id: "penalty:4" }]);
    expect(traces()).toBe(0);
  });
});

it("a platform whose file is not there is waited for", async () => {
  const missing = openSqliteTable({ path: copies.path("no/such.db"), table: "t", create: true });
  copies.take([{ id: "penalty:1" }]);
  expect(await copies.step("platform", missing)).toMatchObject({ error: { code: "delivery.unavailable" } });
  const unmade = openSqliteTable({ path: copies.path("unmade.db"), table: "t", create: false });
  expect(await copies.step("platform", unmade)).toMatchObject({
    error: { code: "delivery.unavailable", reason: "SQLITE_CANTOPEN" },
  });
  expect(existsSync(copies.path("unmade.db"))).toBe(false);
  rmSync(copies.path("platform.db"), { force: true });
  await deliverAll();
  expect(table()).toHaveLength(1);
  expect(statSync(copies.path("platform.db")).mode & 0o007, "nobody else's to read").toBe(0);
});
