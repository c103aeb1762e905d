import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openFolder } from "./platform/files.ts";
import { openSqliteTable } from "./platform/sqlite.ts";
import { Consumer } from "./testing/consumer.ts";
import { TestCopies } from "./testing/copies.ts";

const file = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

let copies: TestCopies;
beforeEach(() => {
  copies = new TestCopies();
});
afterEach(() => copies.close());

/** An agent that delivers, and tells of each batch that it has noted as taken. */
const agentIn = (folder: string) => `
  const { openStore } = await import(${file("../store/store.ts")});
  const { keepDelivering } = await import(${file("./index.ts")});
  const { openSqliteTable } = await import(${file("./platform/sqlite.ts")});
  const { openFolder } = await import(${file("./platform/files.ts")});
  const folder = ${JSON.stringify(folder)};
  const { deliveries } = openStore(folder + "/store.db");
  const table = openSqliteTable({ path: folder + "/platform.db", table: "t", create: true });
  const files = openFolder({ folder: folder + "/files", format: "ndjson" });
  const nothing = () => {};
  keepDelivering(
    [{ name: "table", items: "all", platform: table }, { name: "files", items: "all", platform: files }],
    { deliveries, forgetEnded: nothing, now: Date.now, today: () => "2026-01-01",
      events: { delivered: () => console.log("taken"), deliveryFault: nothing, deadLetter: nothing, failed: console.error } },
  );
  process.stdin.resume();`;

/** Kills an agent once it has told of so many batches; it is in the middle of another then. */
async function killAfter(batches: number): Promise<void> {
  const agent = spawn(process.execPath, ["--input-type=module", "--eval", agentIn(copies.folder)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(agent, "exit");
  let told = 0;
  agent.stdout.on("data", (text: Buffer) => {
    told += text.toString().split("taken").length - 1;
    if (told >= batches) agent.kill("SIGKILL");
  });
  await ended;
  expect(told).toBeGreaterThanOrEqual(batches);
}

it("agents that are killed in the middle of it deliver everything once in effect", async () => {
  mkdirSync(copies.path("files"));
  const { store } = copies;
  store.deliveries.choose(
    ["table", "files"].map((name) => ({ name, items: "all", target: name === "table" ? "table" : "file" })),
  );
  copies.take(Array.from({ length: 6_000 }, (_, n) => ({ id: `penalty:${n}` })));
  for (const batches of [1, 4, 3]) {
    await killAfter(batches);
    copies.take(Array.from({ length: 40 }, (_, n) => ({ id: `penalty:${n * 100}`, version: 2 + batches })));
    copies.take([], { unwanted: [`penalty:${batches}`] });
  }
  const table = openSqliteTable({ path: copies.path("platform.db"), table: "t", create: false });
  const files = openFolder({ folder: copies.path("files"), format: "ndjson" });
  await copies.deliverAll("table", table);
  await copies.deliverAll("files", files);
  await table.close();
  const database = new Database(copies.path("platform.db"), { readonly: true });
  const rows = database
    .prepare<[], string>("SELECT concat_ws(' ', source, item, record, version, state) FROM t ORDER BY 1")
    .pluck()
    .all();
  const generations = database.prepare("SELECT DISTINCT generation FROM t").all();
  database.close();
  expect(rows).toEqual(copies.shown());
  expect(generations, "nothing had to be told anew").toHaveLength(1);
  const consumer = new Consumer(copies.path("files"));
  consumer.consume();
  expect(consumer.held.rows()).toEqual(copies.shown());
}, 120_000);
