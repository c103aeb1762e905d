import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { penaltyRow } from "../../intake/testing/rows.ts";
import type { TestPostgres } from "../../testing/postgres.ts";

/** National columns of test rows; the platform's table calls them `p_…`. */
export const titles = Object.keys(penaltyRow(1));
export const platformName = (title: string) => `p_${title.toLowerCase()}`;

/** A platform's own database with a table `penalty`: real, and written to as the platform would. */
export interface Platform {
  readonly dialect: "sqlite" | "postgres";
  readonly url: string;
  run(sql: string): Promise<void>;
  /** Writes row `id`, marked as changed so many milliseconds after a beginning: the penalty `n`, or what `changes` make of it. */
  put(id: number, mark: number, changes?: Readonly<Record<string, string>>, n?: number): Promise<void>;
  /** Writes rows 1 up to `count`, at once. */
  putMany(count: number): Promise<void>;
  close(): Promise<void>;
}

const columns = ["id", "changed", "state", ...titles.map(platformName)];
const markOf = (mark: number) => new Date(Date.parse("2026-01-01T00:00:00Z") + mark).toISOString();

/** Values of row `id`, in the order of the columns. */
export function valuesOf(
  id: number,
  mark: number,
  changes: Readonly<Record<string, string>> = {},
  n = id,
): readonly (string | number)[] {
  const row = penaltyRow(n, changes);
  return [id, markOf(mark), changes.state ?? "valid", ...titles.map((title) => row[title] ?? "")];
}

const list = columns.map((name) => `"${name}"`).join(", ");
const create = (markType: string) =>
  `CREATE TABLE penalty (id integer PRIMARY KEY, changed ${markType}, state text, ${titles
    .map((title) => `"${platformName(title)}" text`)
    .join(", ")})`;
const replaced = columns.slice(1).map((name) => `"${name}" = excluded."${name}"`);
export function upsert(parameter: (n: number) => string, rows = 1): string {
  const values = Array.from({ length: rows }, (_, row) => {
    const row0 = row * columns.length;
    return `(${columns.map((_name, at) => parameter(row0 + at + 1)).join(", ")})`;
  });
  return `INSERT INTO penalty (${list}) VALUES ${values.join(", ")}
    ON CONFLICT (id) DO UPDATE SET ${replaced.join(", ")}`;
}

/** Rows 1, 2 and so on, marked in their order. */
const manyValues = (count: number) =>
  Array.from({ length: count }, (_, at) => valuesOf(at + 1, at + 1)).flat();

export async function sqlitePlatform(): Promise<Platform> {
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-platform-"));
  const path = join(folder, "platform.db");
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.exec(create("text"));
  const write = database.prepare(upsert(() => "?"));
  return {
    dialect: "sqlite",
    url: path,
    run: async (sql) => void database.exec(sql),
    put: async (...row) => void write.run(...valuesOf(...row)),
    putMany: async (count) => void database.prepare(upsert(() => "?", count)).run(...manyValues(count)),
    async close() {
      database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A database of its own on a server that others use, too. */
export async function postgresPlatform({ admin, connect, url }: TestPostgres): Promise<Platform> {
  const name = `platform_${crypto.randomUUID().replaceAll("-", "")}`;
  await admin.query(`CREATE DATABASE ${name}`);
  const client = await connect(name);
  await client.query(create("timestamptz"));
  return {
    dialect: "postgres",
    url: new URL(name, url).href,
    run: async (sql) => void (await client.query(sql)),
    put: async (...row) =>
      void (await client.query(
        upsert((n) => `$${n}`),
        [...valuesOf(...row)],
      )),
    putMany: async (count) =>
      void (await client.query(
        upsert((n) => `$${n}`, count),
        manyValues(count),
      )),
    async close() {
      await client.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
