import { type ChildProcess, spawn } from "node:child_process";
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
let agent: ChildProcess | undefined;
beforeEach(() => {
  copies = new TestCopies();
});
afterEach(() => {
  agent?.kill("SIGKILL");
  copies.close();
});

/** An agent that dies when it has noted so many batches as taken, and a platform has another that it has not noted. */
const agentIn = (folder: string, batches: number) => `
  const { openStore } = await import(${file("../store/store.ts")});
  const { keepDelivering } = await import(${file("./index.ts")});
  const { openSqliteTable } = await import(${file("./platform/sqlite.ts")});
  const { openFolder } = await import(${file("./platform/files.ts")});
  const folder = ${JSON.stringify(folder)};
  const { deliveries } = openStore(folder + "/store.db");
  const table = openSqliteTable({ path: folder + "/platform.db", table: "t", create: true });
  const files = openFolder({ folder: folder + "/files", format: "ndjson" });
  const nothing = () => {};
  let noted = 0;
  const dying = (platform) => ({
    ...platform,
    async take(batch, signal) {
      const taken = await platform.take(batch, signal);
      if (noted < ${batches}) return taken;
      process.kill(process.pid, "SIGKILL");
      return new Promise(nothing);
    },
  });
  keepDelivering(
    [{ name: "table", items: "all", platform: dying(table) }, { name: "files", items: "all", platform: dying(files) }],
    { deliveries, forgetEnded: nothing, now: Date.now, today: () => "2026-01-01",
      events: { delivered: () => { noted += 1; }, deliveryFault: nothing, deadLetter: nothing, failed: console.error } },
  );
  process.stdin.resume();`;

async function dieAfter(batches: number): Promise<void> {
  agent = spawn(process.execPath, ["--input-type=module", "--eval", agentIn(copies.folder, batches)], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const [, signal] = await once(agent, "exit");
  expect(signal).toBe("SIGKILL");
}

it("agents that are killed in the middle of it deliver everything once in effect", async () => {
  mkdirSync(copies.path("files"));
  const { store } = copies;
  store.deliveries.choose(
    ["table", "files"].map((name) => ({ name, items: "all", target: name === "table" ? "table" : "file" })),
  );
  copies.take(Array.from({ length: 4_500 }, (_, n) => ({ id: `penalty:${n}` })));
  for (const batches of [1, 4, 3]) {
    await dieAfter(batches);
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
