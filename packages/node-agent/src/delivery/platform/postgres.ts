import { err, ok, type Result } from "@xinqiao/protocol/result";
import { codeOf } from "@xinqiao/runtime/files";
import pg from "pg";
import { z } from "zod";
import { quotedTable } from "../../source/index.ts";
import type { Batch, DeliveryFault, Platform } from "../port.ts";
import { columnNames, columns, createTableSql, placeTable, rowsOf, standingOf } from "./table.ts";

export interface PostgresTableOptions {
  readonly url: string;
  readonly table: string;
  /** Whether the agent makes the table where it is missing. */
  readonly create: boolean;
  /** For one statement, and for connecting. */
  readonly timeoutMs: number;
}

type Work<Value> = (client: pg.PoolClient) => Promise<Result<Value, DeliveryFault>>;

/** Over the server's own limit, for a server that no longer answers at all. */
const networkGraceMs = 1_000;

const sweepTimeoutMs = 10 * 60_000;

const abandoned: DeliveryFault = { code: "delivery.unavailable", reason: "abandoned" };

/**
 * What the server or what stands in it is at fault for: connections, states of transactions and accounts, missing databases
 * and schemas, conflicts between transactions, statements that do not fit, resources, objects in use, operators, the system.
 * Anything else is said of what is written: the platform's own triggers may raise any code.
 */
const unavailabilities = /^(08|25|28|3D|3F|40|42|53|55|57|58)/;

/** A statement that took longer than it may; an operator who cancels it says the same. */
const canceled = "57014";

/** insufficient_privilege */
const notAllowed = "42501";

const placeSchema = z.array(z.object({ mark: z.string() }));
const allowedSchema = z.array(z.object({ allowed: z.boolean().nullable() }));
const madeSchema = z.array(z.object({ made: z.boolean() }));

/** A table in the platform's PostgreSQL, with where it stands in the same database: a batch is in effect once. */
export function openPostgresTable({ url, table, create, timeoutMs }: PostgresTableOptions): Platform {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    max: 1,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + networkGraceMs,
    application_name: "xinqiao-agent",
  });
  // An idle connection that breaks is replaced at the next batch, which reports what it finds.
  pool.on("error", () => {});
  const sql = statementsFor(table);

  async function run<Value>(work: Work<Value>, signal: AbortSignal): Promise<Result<Value, DeliveryFault>> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      return err(unavailable(error));
    }
    // A session that is given up, or in which something went wrong, is thrown away with what it had begun.
    const session = releasedOnce(client);
    signal.addEventListener("abort", session.destroy, { once: true });
    try {
      if (signal.aborted) return err(abandoned);
      const done = await work(client);
      if (done.ok) session.release();
      return done;
    } catch (error) {
      return err(faultOf(error));
    } finally {
      signal.removeEventListener("abort", session.destroy);
      session.destroy();
    }
  }
  const attempt = <Value>(work: Work<Value>, signal: AbortSignal) => orAbandoned(run(work, signal), signal);

  // Not by IF NOT EXISTS alone: that wants the right to make tables even where there is one.
  async function isToBeMade(client: pg.PoolClient): Promise<boolean> {
    if (!create) return false;
    const { rows } = await client.query(sql.made, [quotedTable(table), quotedTable(placeTable(table))]);
    return madeSchema.parse(rows)[0]?.made !== true;
  }
  return {
    target: "table",
    take: (batch, signal) =>
      attempt(async (client) => {
        if (await isToBeMade(client)) await client.query(createTableSql(table, "postgres"));
        return take(batch, client, sql);
      }, signal),
    check: (signal) =>
      attempt(async (client) => {
        if (!(await isToBeMade(client))) await client.query(sql.probe);
        else if (!(await mayMake(client, table)))
          return err({ code: "delivery.unavailable", reason: notAllowed });
        return ok(`postgres, ${table}`);
      }, signal),
    close: () => pool.end(),
  };
}

async function mayMake(client: pg.PoolClient, table: string): Promise<boolean> {
  const schema = table.includes(".") ? table.split(".")[0] : null;
  const text = "SELECT has_schema_privilege(coalesce($1, current_schema()), 'CREATE') AS allowed";
  const { rows } = await client.query(text, [schema]);
  return allowedSchema.parse(rows)[0]?.allowed === true;
}

async function take(
  batch: Batch,
  client: pg.PoolClient,
  sql: ReturnType<typeof statementsFor>,
): Promise<Result<void, DeliveryFault>> {
  await client.query("BEGIN");
  const { rows } = await client.query(sql.place);
  const standing = standingOf(batch, placeSchema.parse(rows)[0]?.mark);
  if (standing !== "next") {
    await client.query("ROLLBACK");
    return standing === "taken" ? ok(undefined) : err({ code: "delivery.another-past", reason: standing });
  }
  const { put, removed } = rowsOf(batch);
  if (removed.length > 0) await client.query(sql.remove, [JSON.stringify(removed)]);
  if (put.length > 0) await client.query(sql.put, [JSON.stringify(put)]);
  if (batch.complete) {
    // Once a generation, over the whole table.
    await client.query(`SET LOCAL statement_timeout = ${sweepTimeoutMs}`);
    const sweep = { text: sql.sweep, values: [batch.generation], query_timeout: sweepTimeoutMs };
    await client.query(sweep);
  }
  await client.query(sql.move, [batch.generation, batch.mark]);
  await client.query("COMMIT");
  return ok(undefined);
}

function statementsFor(table: string) {
  const [name, place] = [quotedTable(table), quotedTable(placeTable(table))];
  const list = columnNames.join(", ");
  const types = columns.map(([column, , type]) => `${column} ${type.replace(" NOT NULL", "")}`).join(", ");
  const changes = columnNames.map((column) => `${column} = excluded.${column}`).join(", ");
  return {
    made: "SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL AS made",
    probe: `SELECT ${list} FROM ${name} WHERE false`,
    place: `SELECT mark FROM ${place} FOR UPDATE`,
    put: `INSERT INTO ${name} (${list}) SELECT ${list} FROM jsonb_to_recordset($1::jsonb) AS given(${types})
      ON CONFLICT (source, record) DO UPDATE SET ${changes}`,
    remove: `DELETE FROM ${name} AS held USING jsonb_to_recordset($1::jsonb) AS given(source text, record text)
      WHERE held.source = given.source AND held.record = given.record`,
    sweep: `DELETE FROM ${name} WHERE generation <> $1`,
    move: `INSERT INTO ${place} (one, generation, mark) VALUES (1, $1, $2)
      ON CONFLICT (one) DO UPDATE SET generation = excluded.generation, mark = excluded.mark`,
  };
}

function releasedOnce(client: pg.PoolClient) {
  let isReleased = false;
  // A session that the server ends or the network cuts says so here too, beside the statement that was under way.
  const ignore = () => {};
  client.on("error", ignore);
  const release = (isBroken: boolean) => {
    if (isReleased) return;
    isReleased = true;
    client.release(isBroken);
    // Of one that is thrown away anything may still come.
    if (!isBroken) client.off("error", ignore);
  };
  return { release: () => release(false), destroy: () => release(true) };
}

/** A connection that is being made cannot be broken off, only not be waited for. */
async function orAbandoned<Value>(
  work: Promise<Result<Value, DeliveryFault>>,
  signal: AbortSignal,
): Promise<Result<Value, DeliveryFault>> {
  const { promise, resolve } = Promise.withResolvers<Result<never, DeliveryFault>>();
  const abandon = () => resolve(err(abandoned));
  signal.addEventListener("abort", abandon, { once: true });
  if (signal.aborted) abandon();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abandon);
  }
}

function faultOf(error: unknown): DeliveryFault {
  const code = codeOf(error);
  if (!(error instanceof pg.DatabaseError) || typeof code !== "string") return unavailable(error);
  if (code === canceled) return { code: "delivery.too-slow", reason: code };
  return unavailabilities.test(code) ? unavailable(error) : { code: "delivery.refused", reason: code };
}

/** PostgreSQL's five-character state or the system's error name; never the message, which may quote values. */
function unavailable(error: unknown): DeliveryFault {
  const code = codeOf(error);
  return { code: "delivery.unavailable", reason: typeof code === "string" ? code : "no answer" };
}
