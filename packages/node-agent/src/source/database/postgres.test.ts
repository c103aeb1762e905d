import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../../testing/postgres.ts";
import { describeSource } from "../source.contract.ts";
import { asPlatform, liveDependencies, penaltyFields, taxFields } from "../testing/mapping.ts";
import { asked, penalties, penalty, taxGrades } from "../testing/rows.ts";
import { databaseSourceSchema } from "./config.ts";
import { createDatabaseSource } from "./database-source.ts";
import { openPostgres } from "./postgres.ts";

let server: TestPostgres;
let admin: Client;
let url: string;

beforeAll(async () => {
  server = await startPostgres();
  ({ url, admin } = server);
  await fill("penalties", asPlatform(penalties), penaltyFields, {
    p_cf_nr_fk: "numeric(18, 6)",
    p_cf_jdrq: "date",
    p_cf_yxq: "timestamptz",
  });
  await fill("grades", asPlatform(taxGrades), taxFields, { p_ns_pjnd: "integer", p_ns_pjrq: "timestamp" });
}, 120_000);

afterAll(() => server.close(), 60_000);

async function fill(
  table: string,
  rows: readonly Readonly<Record<string, string>>[],
  fields: Readonly<Record<string, string>>,
  types: Readonly<Record<string, string>>,
): Promise<void> {
  const columns = Object.values(fields);
  await admin.query("SET TimeZone = 'Asia/Shanghai'");
  await admin.query("CREATE SCHEMA IF NOT EXISTS platform");
  const list = columns.map((column) => `"${column}" ${types[column] ?? "text"}`).join(", ");
  await admin.query(`CREATE TABLE platform."${table}" (${list})`);
  const places = columns.map((_, at) => `$${at + 1}`).join(", ");
  for (const row of rows) {
    await admin.query(
      `INSERT INTO platform."${table}" VALUES (${places})`,
      columns.map((column) => row[column] ?? null),
    );
  }
}

const configOf = (more: object = {}) =>
  databaseSourceSchema.parse({
    type: "database",
    name: "platform",
    dialect: "postgres",
    urlEnv: "PLATFORM_DB",
    tables: [
      {
        item: "penalty",
        table: "platform.penalties",
        subject: { scheme: "uscc", column: "p_cf_xdr_shxym" },
        fields: penaltyFields,
      },
      {
        item: "tax-credit",
        table: "platform.grades",
        subject: { scheme: "uscc", column: "p_ns_shxym" },
        fields: taxFields,
      },
    ],
    ...more,
  });
const never = new AbortController().signal;

describe("with a PostgreSQL server", () => {
  describeSource("a PostgreSQL database", async () => {
    const source = await createDatabaseSource(configOf(), liveDependencies({ PLATFORM_DB: url }).deps);
    return {
      source,
      async breakDown() {
        await admin.query("ALTER SCHEMA platform RENAME TO elsewhere");
      },
      async close() {
        await admin.query("ALTER SCHEMA elsewhere RENAME TO platform");
        await source.close();
      },
    };
  });

  const connect = (statementTimeoutMs: number, poolSize = 2) =>
    openPostgres({ url, statementTimeoutMs, poolSize });
  const sleep = "SELECT pg_sleep($1::float)::text AS slept";
  const running = async () => {
    const { rows } = await admin.query(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'",
    );
    return rows[0]?.n;
  };

  it("ends a statement at its time limit", async () => {
    const database = connect(1_000);
    // Connecting has the same limit, and is not what this is about.
    await expect.poll(() => database.query("sleep", sleep, ["0"], never)).toMatchObject({ ok: true });
    expect(await database.query("sleep", sleep, ["30"], never)).toEqual({
      ok: false,
      error: "the database refused or broke off the question (57014)",
    });
    expect(await database.query("sleep", sleep, ["0"], never)).toMatchObject({ ok: true });
    await database.close();
  });

  it("stops a statement at the server when the question is given up, and uses the session again", async () => {
    const database = connect(30_000, 1);
    const stop = new AbortController();
    const asking = database.query("sleep", sleep, ["30"], stop.signal);
    await expect.poll(running).toBe(1);
    stop.abort();
    expect(await asking).toEqual({ ok: false, error: "abandoned" });
    await expect.poll(running).toBe(0);
    expect(await database.query("sleep", sleep, ["0"], never)).toMatchObject({ ok: true });
    await database.close();
  });

  it("outlives a session that the server ends in the middle of a statement", async () => {
    const database = connect(30_000, 1);
    const asking = database.query("sleep", sleep, ["30"], never);
    await expect.poll(running).toBe(1);
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'",
    );
    expect(await asking).toEqual({
      ok: false,
      error: "the database refused or broke off the question (57P01)",
    });
    expect(await database.query("sleep", sleep, ["0"], never)).toMatchObject({ ok: true });
    await database.close();
  });

  it("cannot write", async () => {
    const database = connect(1_000);
    expect(await database.query("write", "CREATE TABLE t AS SELECT $1::text", ["x"], never)).toEqual({
      ok: false,
      error: "the database refused or broke off the question (25006)",
    });
    await database.close();
  });

  it("is unavailable when the password is wrong, and says nothing of it", async () => {
    const wrong = url.replace("postgres:postgres", "postgres:s3cret");
    const source = await createDatabaseSource(configOf(), liveDependencies({ PLATFORM_DB: wrong }).deps);
    const found = await source.find({ subject: asked, items: [penalty] }, never);
    expect(found).toMatchObject({
      error: { code: "source.unavailable", detail: "platform: the database cannot be reached (28P01)" },
    });
    await source.close();
  });
});
