import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testFederation, testNode, testNow, testRecord } from "@xinqiao/protocol/testing";
import Database from "better-sqlite3";
import { parse } from "csv-parse/sync";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../../testing/postgres.ts";
import type { Batch } from "../port.ts";
import { Consumer } from "../testing/consumer.ts";
import { dg } from "../testing/copies.ts";
import { Receiver } from "../testing/receiver.ts";
import { openFolder } from "./files.ts";
import { describePlatform } from "./platform.contract.ts";
import { openPostgresTable } from "./postgres.ts";
import { openSqliteTable } from "./sqlite.ts";
import { createTableSql } from "./table.ts";
import { openWebhook } from "./webhook.ts";

const never = new AbortController().signal;
const often = { timeout: 20_000, interval: 20 };
const batch = (change: Partial<Batch> = {}): Batch => ({
  generation: "one",
  mark: "a",
  previous: null,
  complete: false,
  changes: [{ change: "put", source: dg, record: testRecord({ id: "penalty:1" }) }],
  ...change,
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xinqiao-platform-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const shown = "concat_ws(' ', source, item, record, version, state)";

describePlatform("a SQLite table", async () => {
  const path = join(folder, "platform.db");
  const platform = openSqliteTable({ path, table: "t", create: true });
  return {
    platform,
    async rows() {
      const database = new Database(path);
      try {
        return database.prepare<[], string>(`SELECT ${shown} FROM t ORDER BY 1`).pluck().all();
      } finally {
        database.close();
      }
    },
    close: () => platform.close(),
  };
});

it("a SQLite table loses what is stale a slice at a time, for others to get on, and keeps what its owner holds", async () => {
  const path = join(folder, "platform.db");
  const platform = openSqliteTable({ path, table: "t", create: true });
  await platform.take(batch(), never);
  const owner = new Database(path);
  owner.exec(`WITH RECURSIVE c (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM c WHERE i < 9000)
    INSERT INTO t SELECT source, 'penalty:' || i, item, version, state, annotation, subject_kind, subject_scheme, subject_id,
      subject_name, jurisdiction, occurred_on, valid_until, disclosed_until, recorded_at, fields, disputes,
      CASE i % 3 WHEN 0 THEN 'two' ELSE 'one' END FROM t, c;
    CREATE TABLE decision (source TEXT, record TEXT, FOREIGN KEY (source, record) REFERENCES t (source, record));
    INSERT INTO decision VALUES ('dg', 'penalty:4')`);
  let turns = 0;
  const turn = () => {
    turns += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  const complete = batch({ generation: "two", mark: "b", changes: [], complete: true });
  const refused = { code: "delivery.refused", reason: "SQLITE_CONSTRAINT_FOREIGNKEY" };
  expect(await platform.take(complete, never)).toEqual({ ok: false, error: refused });
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(4);
  const stale = () => owner.prepare("SELECT count(*) FROM t WHERE generation = 'one'").pluck().get();
  expect(stale()).toBeLessThanOrEqual(2_000);
  expect(stale()).toBeGreaterThan(0);
  owner.exec("DROP TABLE decision");
  expect(await platform.take(complete, never)).toMatchObject({ ok: true });
  expect(stale()).toBe(0);
  expect(owner.prepare("SELECT count(*) FROM t").pluck().get()).toBe(3_000);
  owner.close();
  await platform.close();
});

it("a SQLite table that the agent may not make is waited for, and may be made by its owner", async () => {
  const path = join(folder, "platform.db");
  const owner = new Database(path);
  const platform = openSqliteTable({ path, table: "t", create: false });
  expect(await platform.take(batch(), never)).toMatchObject({ error: { code: "delivery.unavailable" } });
  owner.exec(createTableSql("t", "sqlite"));
  expect(await platform.take(batch(), never)).toMatchObject({ ok: true });
  owner.exec("BEGIN IMMEDIATE");
  expect(await platform.take(batch({ mark: "b", previous: "a" }), never)).toEqual({
    ok: false,
    error: { code: "delivery.unavailable", reason: "SQLITE_BUSY" },
  });
  owner.exec("ROLLBACK");
  expect(await platform.take(batch({ mark: "b", previous: "a" }), never)).toMatchObject({ ok: true });
  owner.close();
  await platform.close();
});

it("a SQLite table is not made by who asks whether it could take a batch, nor is its file", async () => {
  const path = join(folder, "platform.db");
  const open = (create: boolean) => openSqliteTable({ path, table: "t", create });
  expect(await open(true).check(never)).toEqual({ ok: true, value: "sqlite, t" });
  expect(await open(false).check(never)).toMatchObject({ error: { reason: "ENOENT" } });
  expect(existsSync(path)).toBe(false);
  const owner = new Database(path);
  owner.exec("CREATE TABLE other (x)");
  expect(await open(true).check(never)).toMatchObject({ ok: true });
  expect(owner.prepare("SELECT name FROM sqlite_master").pluck().all()).toEqual(["other"]);
  expect(await open(false).check(never)).toMatchObject({ error: { reason: "SQLITE_ERROR" } });
  owner.exec("CREATE TABLE t (source TEXT); CREATE TABLE t_place (x)");
  expect(await open(true).check(never)).toMatchObject({ error: { reason: "SQLITE_ERROR" } });
  owner.close();
});

describe("with a PostgreSQL server", () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
    await server.admin.query("CREATE SCHEMA credit");
  }, 120_000);
  afterAll(() => server.close(), 60_000);
  afterEach(() => server.admin.query("DROP SCHEMA credit CASCADE; CREATE SCHEMA credit"));

  const table = "credit.xinqiao_copy";
  const open = (change: { url?: string; create?: boolean; timeoutMs?: number } = {}) =>
    openPostgresTable({ url: server.url, table, create: true, timeoutMs: 5_000, ...change });

  /** As an operator or a failing server does. @returns how many were at work */
  async function endSessions(): Promise<number> {
    const { rows } = await server.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'xinqiao-agent' AND state = 'active' AND wait_event_type = 'Lock'`,
    );
    return rows.length;
  }

  describePlatform("a PostgreSQL table", async () => {
    const platform = open();
    return {
      platform,
      async rows() {
        const { rows } = await server.admin.query(`SELECT ${shown} AS row FROM ${table} ORDER BY 1`);
        return rows.map(({ row }) => String(row));
      },
      close: () => platform.close(),
    };
  });

  it("has its columns in PostgreSQL's own types", async () => {
    const platform = open();
    const record = testRecord({ id: "penalty:1", disclosedUntil: "2026-02-01", annotation: "异议处理中" });
    const disputes = [{ kind: "repair", since: "2026-01-01T00:00:00Z" }] as const;
    await platform.take(batch({ changes: [{ change: "put", source: dg, record, disputes }] }), never);
    const { rows } = await server.admin.query(
      `SELECT disclosed_until - occurred_on AS days, fields ->> 'CF_WSH' AS number, annotation, valid_until, disputes,
         extract(epoch FROM recorded_at)::int AS at FROM ${table}`,
    );
    expect(rows).toEqual([
      {
        days: 62,
        number: "示罚〔2026〕1号",
        annotation: "异议处理中",
        valid_until: null,
        disputes,
        at: Date.parse("2025-12-02T00:00:00Z") / 1000,
      },
    ]);
    await platform.close();
  });

  it("refuses what its constraints, its triggers or its types do not take, and nothing else", async () => {
    const platform = open();
    await platform.take(batch({ changes: [] }), never);
    const next = { mark: "b", previous: "a" };
    await server.admin.query(`ALTER TABLE ${table} ADD CHECK (subject_name <> '示例制造有限公司')`);
    expect(await platform.take(batch(next), never)).toEqual({
      ok: false,
      error: { code: "delivery.refused", reason: "23514" },
    });
    const record = testRecord({ id: "penalty:1", subjectName: "", fields: { CF_WSH: "\u0000" } });
    expect(
      await platform.take(batch({ ...next, changes: [{ change: "put", source: dg, record }] }), never),
    ).toEqual({
      ok: false,
      error: { code: "delivery.refused", reason: "22P05" },
    });
    await server.admin.query(`CREATE INDEX ON ${table} ((fields ->> 'CF_NR'))`);
    const long = Array.from({ length: 900 }, () => crypto.randomUUID()).join("");
    const tooLong = testRecord({ id: "penalty:1", subjectName: "", fields: { CF_NR: long } });
    expect(
      await platform.take(
        batch({ ...next, changes: [{ change: "put", source: dg, record: tooLong }] }),
        never,
      ),
    ).toEqual({ ok: false, error: { code: "delivery.refused", reason: "54000" } });
    await server.admin.query(`CREATE FUNCTION credit.veto() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'no' USING ERRCODE = 'PX001'; END $$;
      CREATE TRIGGER veto BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION credit.veto()`);
    expect(await platform.take(batch(next), never)).toMatchObject({
      error: { code: "delivery.refused", reason: "PX001" },
    });
    await server.admin.query(`DROP TRIGGER veto ON ${table}; ALTER TABLE ${table} DROP COLUMN subject_name`);
    expect(await platform.take(batch(next), never)).toEqual({
      ok: false,
      error: { code: "delivery.unavailable", reason: "42703" },
    });
    await platform.close();
  });

  it("is not made by who asks whether it could be", async () => {
    const platform = open();
    expect(await platform.check(never)).toEqual({ ok: true, value: `postgres, ${table}` });
    const made = "SELECT to_regclass('credit.xinqiao_copy') AS made";
    expect((await server.admin.query(made)).rows).toEqual([{ made: null }]);
    await platform.close();
  });

  it("may be one that the agent can only write to", async () => {
    await server.admin.query(createTableSql(table, "postgres"));
    await server.admin.query(`DROP ROLE IF EXISTS narrow; CREATE ROLE narrow LOGIN PASSWORD 'narrow';
      GRANT USAGE ON SCHEMA credit TO narrow;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA credit TO narrow`);
    const platform = open({ url: server.url.replace("postgres:postgres", "narrow:narrow") });
    expect(await platform.take(batch(), never)).toMatchObject({ ok: true });
    await platform.close();
    await server.admin.query(`DROP TABLE ${table}`);
    const missing = open({ url: server.url.replace("postgres:postgres", "narrow:narrow") });
    expect(await missing.check(never)).toMatchObject({
      error: { code: "delivery.unavailable", reason: "42501" },
    });
    await missing.close();
  });

  it("is waited for while it is locked, unreachable or stopping, and says nothing of its password", async () => {
    const platform = open({ timeoutMs: 3_000 });
    await platform.take(batch(), never);
    const other = new pg.Client({ connectionString: server.url });
    await other.connect();
    await other.query("BEGIN");
    await other.query(`LOCK TABLE ${table}`);
    const next = batch({ mark: "b", previous: "a" });
    expect(await platform.take(next, never)).toMatchObject({ error: { code: "delivery.too-slow" } });
    const stopping = new AbortController();
    const taking = platform.take(next, stopping.signal);
    stopping.abort();
    expect(await taking).toMatchObject({ error: { reason: "abandoned" } });
    const ended = platform.take(next, never);
    await expect.poll(() => endSessions(), often).toBeGreaterThan(0);
    expect(await ended).toMatchObject({ error: { code: "delivery.unavailable" } });
    await other.end();
    await platform.close();
    const again = open();
    expect(await again.take(next, never)).toMatchObject({ ok: true });
    await again.close();
    const wrong = open({ url: server.url.replace("postgres:postgres", "postgres:s3cret") });
    expect(await wrong.take(next, never)).toEqual({
      ok: false,
      error: { code: "delivery.unavailable", reason: "28P01" },
    });
    await wrong.close();
  });
});

describePlatform("a folder of files", async () => {
  const consumer = new Consumer(folder);
  const platform = openFolder({ folder, format: "ndjson" });
  return {
    platform,
    async rows() {
      consumer.consume();
      return consumer.held.rows();
    },
    close: () => platform.close(),
  };
});

describe("a folder", () => {
  const files = () => readdirSync(folder).filter((name) => !name.startsWith("."));

  it("has a file for each batch, whole, by number; one that comes again has the name it had, taken away or not", async () => {
    const platform = openFolder({ folder, format: "ndjson" });
    await platform.take(batch(), never);
    expect(files()).toEqual(["000000000001-a.ndjson"]);
    expect(statSync(join(folder, "000000000001-a.ndjson")).mode & 0o777).toBe(0o640);
    // It died before it had noted that.
    rmSync(join(folder, ".xinqiao-place.json"));
    await platform.take(batch({ changes: [], complete: true }), never);
    expect(files()).toEqual(["000000000001-a.ndjson"]);
    const place = readFileSync(join(folder, ".xinqiao-place.json"));
    await platform.take(batch({ mark: "b", previous: "a" }), never);
    rmSync(join(folder, "000000000002-b.ndjson"));
    writeFileSync(join(folder, ".xinqiao-place.json"), place);
    await platform.take(batch({ mark: "b", previous: "a" }), never);
    expect(files()).toEqual(["000000000001-a.ndjson", "000000000002-b.ndjson"]);
  });

  it("is only looked at by who asks whether it could take one", async () => {
    const draft = ".000000000001-a.ndjson.0f4c.draft";
    writeFileSync(join(folder, draft), "half");
    expect(await openFolder({ folder, format: "ndjson" }).check(never)).toEqual({ ok: true, value: folder });
    expect(readdirSync(folder)).toEqual([draft]);
  });

  it("leaves no draft of a process that died", async () => {
    writeFileSync(join(folder, ".000000000001-a.ndjson.0f4c.draft"), "half");
    await openFolder({ folder, format: "ndjson" }).take(batch(), never);
    expect(readdirSync(folder).sort()).toEqual([".xinqiao-place.json", "000000000001-a.ndjson"]);
  });

  it("goes on counting where its own note is lost, and says that it has another past", async () => {
    const platform = openFolder({ folder, format: "ndjson" });
    await platform.take(batch(), never);
    await platform.take(batch({ mark: "b", previous: "a" }), never);
    rmSync(join(folder, ".xinqiao-place.json"));
    const lost = await platform.take(batch({ mark: "c", previous: "b" }), never);
    expect(lost).toMatchObject({ error: { code: "delivery.another-past" } });
    await platform.take(batch({ generation: "two", mark: "d" }), never);
    expect(files().at(-1)).toBe("000000000003-d.ndjson");
  });

  it("gives no number twice, though a process died before it noted one and everything is told anew", async () => {
    const platform = openFolder({ folder, format: "ndjson" });
    await platform.take(batch(), never);
    const place = readFileSync(join(folder, ".xinqiao-place.json"));
    await platform.take(batch({ mark: "y", previous: "a" }), never);
    writeFileSync(join(folder, ".xinqiao-place.json"), place);
    await platform.take(batch({ generation: "two", mark: "b" }), never);
    expect(files()).toEqual(["000000000001-a.ndjson", "000000000002-y.ndjson", "000000000003-b.ndjson"]);
  });

  it("that is not there is waited for, and never made: a share may be away", async () => {
    const away = join(folder, "share");
    const platform = openFolder({ folder: away, format: "ndjson" });
    const unavailable = { error: { code: "delivery.unavailable", reason: "ENOENT" } };
    expect(await platform.take(batch(), never)).toMatchObject(unavailable);
    expect(await platform.check(never)).toMatchObject(unavailable);
    expect(existsSync(away)).toBe(false);
    mkdirSync(away);
    expect(await platform.take(batch(), never)).toMatchObject({ ok: true });
  });

  it("has CSV where that is wanted, with nothing that a spreadsheet would run", async () => {
    const record = testRecord({ id: "penalty:1", subjectName: '=cmd|"x",示例' });
    const changes = [
      { change: "put", source: dg, record, disputes: [{ kind: "objection", since: "2026-01-01T00:00:00Z" }] },
      { change: "remove", source: dg, id: "penalty:2" },
    ] as const;
    await openFolder({ folder, format: "csv" }).take(batch({ changes, complete: true }), never);
    const rows: unknown = parse(readFileSync(join(folder, "000000000001-a.csv")), {
      columns: true,
      bom: true,
    });
    expect(rows).toMatchObject([
      { change: "begin", source: "", generation: "one" },
      {
        change: "put",
        source: "dg",
        record: "penalty:1",
        version: "1",
        subject_name: '\'=cmd|"x",示例',
        valid_until: "",
        fields: '{"CF_WSH":"示罚〔2026〕1号"}',
        disputes: '[{"kind":"objection","since":"2026-01-01T00:00:00Z"}]',
      },
      { change: "remove", source: "dg", record: "penalty:2", item: "" },
      { change: "complete", generation: "one" },
    ]);
  });
});

const { signer } = testFederation();
const hook = (url: string, change: { timeoutMs?: number } = {}) =>
  openWebhook({
    name: "platform",
    node: testNode("sz-baoan"),
    signer: signer("sz-baoan"),
    now: () => testNow,
    url,
    headers: { "x-api-key": "k" },
    timeoutMs: 5_000,
    ...change,
  });

describePlatform("a web service", async () => {
  const receiver = new Receiver();
  const platform = hook(await receiver.listen());
  return {
    platform,
    rows: async () => receiver.held.rows(),
    async close() {
      await platform.close();
      await receiver.close();
    },
  };
});

describe("a web service", () => {
  let receiver: Receiver;
  let platform: ReturnType<typeof hook>;
  beforeEach(async () => {
    receiver = new Receiver();
    platform = hook(await receiver.listen());
  });
  afterEach(async () => {
    await platform.close();
    await receiver.close();
  });

  it("is sent the batch's mark to tell it by, and its own credential", async () => {
    await platform.take(batch(), never);
    expect(receiver.heads).toMatchObject([
      { "content-type": "application/jose", "idempotency-key": "a", "x-api-key": "k" },
    ]);
  });

  it.each([
    [400, "delivery.refused"],
    [413, "delivery.refused"],
    [422, "delivery.refused"],
    [409, "delivery.another-past"],
    [302, "delivery.unavailable"],
    [401, "delivery.unavailable"],
    [404, "delivery.unavailable"],
    [429, "delivery.unavailable"],
    [500, "delivery.unavailable"],
  ])("that answers %i: %s", async (status, code) => {
    receiver.status = status;
    expect(await platform.take(batch(), never)).toEqual({
      ok: false,
      error: { code, reason: `http-${status}` },
    });
  });

  it("whose answer is lost has taken it once when it comes again", async () => {
    receiver.losesReplies = true;
    expect(await platform.take(batch(), never)).toMatchObject({ error: { code: "delivery.unavailable" } });
    receiver.losesReplies = false;
    expect(await platform.take(batch(), never)).toMatchObject({ ok: true });
    expect(receiver.batches).toBe(1);
  });

  it("that is not there is waited for", async () => {
    await receiver.close();
    expect(await platform.take(batch(), never)).toMatchObject({ error: { code: "delivery.unavailable" } });
    expect(await platform.check(never)).toMatchObject({ ok: false });
    receiver = new Receiver();
    await receiver.listen();
  });
});
