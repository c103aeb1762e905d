import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { composeUscc } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { request } from "undici";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type PreparedAgent, penaltyRow, prepareAgent, untilReady } from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

const main = programFile("node-agent");
const execute = promisify(execFile);
const often = { timeout: 50_000, interval: 5 };
const count = 4_000;

const uscc = (n: number) => composeUscc({ division: "440300", serial: String(n) });
const rowOf = (n: number) => penaltyRow(uscc(n), `示例罚〔2025〕${n}号`);
const titles = Object.keys(rowOf(1));

let prepared: PreparedAgent;
let platform: Database.Database;
let fill: (rows: number) => void;
let child: ChildProcess | undefined;

/** An agent that keeps what it needs to know of its city, and its platform's own database. */
beforeEach(async () => {
  const fields = Object.fromEntries(titles.map((title) => [title, title]));
  const table = {
    item: "penalty",
    table: "penalty",
    key: "id",
    fields,
    changes: { by: "triggers" as const },
  };
  const database = { name: "platform", dialect: "sqlite", url: "platform.db", everySeconds: 1 } as const;
  prepared = await prepareAgent({ node: "sz-baoan", role: "district", jurisdiction: "440306" });
  platform = new Database(join(prepared.home, "platform.db"));
  platform.pragma("journal_mode = WAL");
  platform.exec(
    `CREATE TABLE penalty (id INTEGER PRIMARY KEY, ${titles.map((title) => `"${title}" TEXT`).join(", ")})`,
  );
  const insert = platform.prepare(
    `INSERT INTO penalty VALUES (?, ${titles.map((title) => `@${title}`).join(", ")})`,
  );
  fill = platform.transaction((rows: number) => {
    for (let n = 1; n <= rows; n += 1) insert.run(n, rowOf(n));
  });
  const intake = { databases: [{ ...database, tables: [table] }] };
  const { agent } = await prepared.start(
    [prepared.party.member],
    { origin: "http://127.0.0.1:1" },
    { intake },
  );
  await agent.close();
});

afterEach(async () => {
  child?.kill("SIGKILL");
  platform.close();
  await rm(prepared.home, { recursive: true, force: true });
});

async function serve(): Promise<ChildProcess> {
  const started = spawn(process.execPath, [main, "serve", "--home", prepared.home], { stdio: "ignore" });
  child = started;
  await untilReady(prepared.localOrigin);
  return started;
}

async function xinqiao(...words: readonly string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [main, ...words, "--home", prepared.home]);
  return stdout;
}

/** What the agent's store has: records, their newest version, those withdrawn, rows kept back. */
function held() {
  const store = new Database(join(prepared.home, "store.db"), { readonly: true });
  try {
    return store
      .prepare<[], { records: number; newest: number; gone: number; kept: number }>(
        `SELECT count(*) AS records, coalesce(max(version), 0) AS newest, count(*) FILTER (WHERE state = 'withdrawn') AS gone,
           (SELECT count(*) FROM stream_row WHERE line IS NOT NULL) AS kept
         FROM record`,
      )
      .get();
  } finally {
    store.close();
  }
}

it("an agent killed while it takes a platform's table has it all, once, and every change after", async () => {
  fill(count);
  platform.exec(await xinqiao("intake", "triggers", "platform.penalty"));
  const agent = await serve();
  await vi.waitFor(() => expect(held()?.records).toBeGreaterThanOrEqual(1), often);
  const killed = once(agent, "exit");
  agent.kill("SIGKILL");
  await killed;
  expect(held()?.records).toBeLessThan(count);
  await serve();
  await vi.waitFor(() => expect(held()).toEqual({ records: count, newest: 1, gone: 0, kept: 0 }), often);
  platform.exec("DELETE FROM penalty WHERE id = 1");
  platform.exec(`UPDATE penalty SET "${titles[0]}" = '示例改名有限公司' WHERE id = 2`);
  await vi.waitFor(() => expect(held()).toEqual({ records: count, newest: 2, gone: 1, kept: 0 }), often);
});

it("an operator sees how a platform's table stands, and what is wrong with it", async () => {
  fill(3);
  await expect(xinqiao("doctor")).rejects.toThrow(
    "platform.penalty: the table of changes: the database cannot be read",
  );
  platform.exec(await xinqiao("intake", "triggers", "platform.penalty"));
  platform.exec("UPDATE penalty SET CF_JDRQ = '2024-02-30' WHERE id = 3");
  await serve();
  await vi.waitFor(() => expect(held()).toMatchObject({ records: 2, kept: 1 }), often);
  await vi.waitFor(async () => expect(await metric("xinqiao_agent_stream_faults")).toBe(0), often);
  expect(await metric('xinqiao_agent_stream_rows_total{became="quarantined"}')).toBe(1);
  platform.exec("ALTER TABLE penalty_xinqiao RENAME TO away");
  await vi.waitFor(async () => expect(await metric("xinqiao_agent_stream_faults")).toBe(1), often);
  const [standing] = JSON.parse(await xinqiao("intake", "status", "--json"));
  expect(standing).toMatchObject({
    name: "platform.penalty",
    rows: 3,
    keptBack: 1,
    fault: "intake.stream-unreadable",
  });
  expect(standing.asOf).toMatch(/^20/);
  const rows = await xinqiao("intake", "rows", "platform.penalty");
  expect(rows).toMatch(/│ 3\s+│ CF_JDRQ: 日期不存在 · no such day │/);
  expect(rows).not.toContain(uscc(3));
});

async function metric(name: string): Promise<number> {
  const reply = await request(`${prepared.localOrigin}/metrics`);
  const line = (await reply.body.text()).split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
}
