import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import { recordsOf, type SampleItem, sampleItems, sampleNode } from "../../data/index.ts";
import { choosePorts } from "../../processes/index.ts";
import type { Build } from "../part.ts";
import type { PlatformTable } from "../table.ts";
import { createTextFile, csvLine, type TextFile } from "../text-file.ts";
import { createPasswords, database, reader, readPassword } from "./accounts.ts";
import { clusterIn } from "./cluster.ts";
import { createIndexes, createTable, dgTable, schema, stateColumn, stateValues } from "./tables.ts";

/** Dongguan's platform keeps its records in PostgreSQL, in typed columns, and lets others read only. */
export async function fillCluster({ folder, subjects, onRecord }: Build): Promise<void> {
  await mkdir(folder, { recursive: true });
  await createPasswords(folder);
  const sheets = join(folder, "load");
  await mkdir(sheets);
  writeSheets(sheets, subjects, onRecord);
  const port = (await choosePorts({ postgres: 0 }, true)).get("postgres")?.port ?? 0;
  const cluster = await clusterIn(folder, port);
  await cluster.initialise();
  await cluster.start();
  try {
    await cluster.createDatabase(database);
    const client = cluster.getPgClient(database, "127.0.0.1");
    await client.connect();
    await load(client, sheets);
    await grantReading(client, await readPassword(folder, reader));
    await client.end();
  } finally {
    await cluster.stop();
  }
  await rm(sheets, { recursive: true });
}

/** The server reads these itself with COPY: nothing is faster, and it is on this machine. */
function writeSheets(folder: string, subjects: number, onRecord: () => void): void {
  const sheets = new Map<SampleItem, { file: TextFile; table: PlatformTable }>(
    sampleItems.map((item) => [
      item,
      { table: dgTable(item), file: createTextFile(join(folder, `${item}.csv`), undefined, "\n") },
    ]),
  );
  for (const { item, row, state } of recordsOf(sampleNode("dg"), subjects)) {
    const sheet = sheets.get(item);
    const values = sheet?.table.columns.map(({ national }) => row[national] ?? "") ?? [];
    sheet?.file.line(csvLine([...values, stateValues[state]]));
    onRecord();
  }
  for (const { file } of sheets.values()) file.close();
}

async function load(client: Client, sheets: string): Promise<void> {
  await client.query("BEGIN");
  await client.query(`CREATE SCHEMA ${schema}`);
  for (const item of sampleItems) {
    const table = dgTable(item);
    const columns = [...table.columns.map(({ name }) => name), stateColumn].join(", ");
    const file = client.escapeLiteral(join(sheets, `${item}.csv`));
    await client.query(createTable(table));
    await client.query(`COPY ${schema}.${table.name} (${columns}) FROM ${file} (FORMAT csv)`);
    await client.query(createIndexes(table));
  }
  await client.query("COMMIT");
  await client.query("ANALYZE");
}

/** The agent gets an account that cannot change anything. */
async function grantReading(client: Client, password: string): Promise<void> {
  await client.query(`CREATE ROLE ${reader} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  await client.query(`ALTER ROLE ${reader} SET default_transaction_read_only = on`);
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${reader}`);
  await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${reader}`);
}
