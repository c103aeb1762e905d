import { err, ok, type Result } from "@xinqiao/protocol/result";
import pg from "pg";
import type { DatabaseRow, PlatformDatabase } from "./port.ts";

export interface PostgresOptions {
  readonly url: string;
  readonly statementTimeoutMs: number;
  readonly poolSize: number;
}

/** Over the server's own limit, for a server that no longer answers at all. */
const networkGraceMs = 1_000;

/**
 * A platform's PostgreSQL. Every session is read only, in China's zone (a timestamp's day is the local
 * one), and gives every value as the text PostgreSQL prints: no number or day passes through a
 * JavaScript type that could change it.
 */
export function openPostgres({ url, statementTimeoutMs, poolSize }: PostgresOptions): PlatformDatabase {
  const connection = { connectionString: url, connectionTimeoutMillis: statementTimeoutMs };
  const pool = new pg.Pool({
    ...connection,
    max: poolSize,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + networkGraceMs,
    options: "-c default_transaction_read_only=on -c TimeZone=Asia/Shanghai",
    types: { getTypeParser: () => (text: string) => text },
    application_name: "xinqiao-agent",
  });
  // An idle connection that breaks is replaced at the next question, which reports what it finds.
  pool.on("error", () => {});
  return {
    parameter: (n) => `$${n}`,
    async query(name, text, values, signal) {
      if (signal.aborted) return err("abandoned");
      const aborted = abortion(signal);
      try {
        const asked = run(pool, { name, text, values: [...values] }, signal, (pid) =>
          cancel(connection, pid),
        );
        return await Promise.race([asked, aborted.happened]);
      } finally {
        aborted.forget();
      }
    },
    close: () => pool.end(),
  };
}

async function run(
  pool: pg.Pool,
  query: pg.QueryConfig,
  signal: AbortSignal,
  cancelBackend: (pid: number) => Promise<void>,
): Promise<Result<readonly DatabaseRow[], string>> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    return err(`the database cannot be reached${codeOf(error)}`);
  }
  // A session that the server ends or the network cuts says so here too, beside the statement that was under way.
  const ignore = () => {};
  client.on("error", ignore);
  let cancelling: Promise<void> | undefined;
  const onAbort = () => {
    cancelling = cancelBackend(pidOf(client));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  let broken = false;
  try {
    if (signal.aborted) return err("abandoned");
    const { rows } = await client.query<DatabaseRow>(query);
    return ok(rows);
  } catch (error) {
    // A session whose statement failed for the server's reasons is sound, unless it was that the server ends it (57P…).
    broken = !(error instanceof pg.DatabaseError) || error.code?.startsWith("57P") === true;
    return err(`the database refused or broke off the question${codeOf(error)}`);
  } finally {
    signal.removeEventListener("abort", onAbort);
    // The session stays ours until the cancellation is through: it must not hit the next question.
    await cancelling;
    client.release(broken);
    // Of one that is thrown away anything may still come.
    if (!broken) client.off("error", ignore);
  }
}

/** Stops the statement at the server, over a connection of its own: the pool may be full of such statements. */
async function cancel(connection: pg.ClientConfig, pid: number): Promise<void> {
  const client = new pg.Client({ ...connection, query_timeout: networkGraceMs });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("SELECT pg_cancel_backend($1)", [pid]);
  } catch {
    // `statement_timeout` ends it all the same, a little later.
  } finally {
    await client.end().catch(() => {});
  }
}

function pidOf(client: pg.PoolClient): number {
  const pid: unknown = Reflect.get(client, "processID");
  return typeof pid === "number" ? pid : 0;
}

/** PostgreSQL's five-character state or the system's error name; never the message, which may quote values. */
function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" && /^[A-Z0-9_]+$/.test(code) ? ` (${code})` : "";
}

function abortion(signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<Result<never, string>>();
  const settle = () => resolve(err("abandoned"));
  signal.addEventListener("abort", settle, { once: true });
  return { happened: promise, forget: () => signal.removeEventListener("abort", settle) };
}
