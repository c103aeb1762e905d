import type { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../testing/postgres.ts";
import { describeTable } from "./table.contract.ts";
import { type Followed, followPlatform } from "./testing/followed.ts";
import { type Platform, postgresPlatform, upsert, valuesOf } from "./testing/platform.ts";
import { testTriggers } from "./testing/triggers.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.close());

describeTable("a PostgreSQL table", () => postgresPlatform(server));

describe("a PostgreSQL table that several write to", () => {
  let platform: Platform;
  let followed: Followed;
  let late: Client;
  beforeEach(async () => {
    platform = await postgresPlatform(server);
    late = await server.connect(new URL(platform.url).pathname.slice(1));
  });
  afterEach(async () => {
    await late.end();
    await followed.close();
    await platform.close();
  });

  const putLate = (id: number, mark: number) =>
    late.query(
      upsert((n) => `$${n}`),
      [...valuesOf(id, mark)],
    );

  it("has a row whose transaction ends after a newer one was read: by a column", async () => {
    followed = await followPlatform(platform, { by: "column", column: "changed", overlapSeconds: 60 });
    await late.query("BEGIN");
    await putLate(1, 1_000);
    await platform.put(2, 2_000);
    await followed.run();
    expect([...followed.held(1), ...followed.held(2)]).toEqual(["1 current"]);
    followed.intake.now += 59_000;
    await late.query("COMMIT");
    await followed.run();
    expect(followed.held(1)).toEqual(["1 current"]);
  });

  it("has a row whose transaction ends after a newer one was read: by triggers, however late", async () => {
    await platform.run(testTriggers("postgres"));
    await platform.put(3, 0);
    followed = await followPlatform(platform, { by: "triggers" });
    expect(await followed.run()).toMatchObject({ ok: true, value: { asOf: followed.intake.now } });
    await late.query("BEGIN");
    await putLate(1, 1_000);
    await platform.put(2, 2_000);
    const stepped = await followed.run();
    // Nothing is said to be whole that is not.
    expect(stepped).toEqual({ ok: true, value: { again: false } });
    expect([...followed.held(1), ...followed.held(2)]).toEqual([]);
    followed.intake.now += 24 * 3_600_000;
    await late.query("COMMIT");
    await followed.run();
    expect([...followed.held(1), ...followed.held(2)]).toEqual(["1 current", "1 current"]);
  });

  it("takes nothing of a transaction that is taken back", async () => {
    await platform.run(testTriggers("postgres"));
    followed = await followPlatform(platform, { by: "triggers" });
    await late.query("BEGIN");
    await putLate(1, 1_000);
    await followed.run();
    await late.query("ROLLBACK");
    await platform.put(2, 2_000);
    await followed.run();
    expect([...followed.held(1), ...followed.held(2)]).toEqual(["1 current"]);
  });

  it("that is emptied at once waits for an operator's word, and follows changes meanwhile", async () => {
    await platform.run(testTriggers("postgres"));
    for (let id = 1; id <= 30; id += 1) await platform.put(id, id);
    followed = await followPlatform(platform, { by: "triggers" });
    await followed.run();
    await platform.run("TRUNCATE penalty");
    expect(await followed.run()).toMatchObject({ error: { code: "intake.rows-missing", missing: 30 } });
    await platform.put(31, 31);
    await platform.put(1, 32);
    expect(await followed.run()).toMatchObject({ ok: false });
    expect([...followed.held(2), ...followed.held(31)]).toEqual(["1 current", "1 current"]);
    followed.intake.store.streams.confirm("platform.penalty");
    expect(await followed.run()).toMatchObject({ ok: true });
    expect([1, 2, 31].flatMap(followed.held)).toEqual(["1 current", "2 withdrawn", "1 current"]);
  });

  it("is followed by whoever may read the table and its changes, and writes for whoever may not", async () => {
    await platform.run(testTriggers("postgres"));
    const role = `reader_${crypto.randomUUID().replaceAll("-", "")}`;
    const writer = `writer_${crypto.randomUUID().replaceAll("-", "")}`;
    await platform.run(`CREATE ROLE ${role} LOGIN PASSWORD 'reader'; CREATE ROLE ${writer};
      GRANT SELECT ON penalty, penalty_xinqiao TO ${role}; GRANT SELECT, INSERT, UPDATE ON penalty TO ${writer}`);
    try {
      const url = new URL(platform.url);
      url.username = role;
      url.password = "reader";
      followed = await followPlatform({ ...platform, url: url.href }, { by: "triggers" });
      await late.query(`SET ROLE ${writer}`);
      await putLate(1, 1);
      expect(await followed.run()).toMatchObject({ ok: true });
      expect(followed.held(1)).toEqual(["1 current"]);
    } finally {
      await platform.run(`DROP OWNED BY ${role}, ${writer}; DROP ROLE ${writer}`);
    }
  });
});
