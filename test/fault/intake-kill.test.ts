import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { composeUscc } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { csv, type PreparedAgent, penaltyRow, prepareAgent, untilReady } from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

const main = programFile("node-agent");
const often = { timeout: 50_000, interval: 5 };
const count = 8_000;

let prepared: PreparedAgent;
let child: ChildProcess | undefined;

/** An agent that keeps what it needs to know of its city: there is none to ask. */
beforeEach(async () => {
  const intake = { folder: "intake", settleMs: 100, everySeconds: 1 };
  prepared = await prepareAgent(
    { node: "sz-baoan", role: "district", jurisdiction: "440306" },
    {},
    { intake },
  );
  const { agent } = await prepared.start([prepared.party.member], { origin: "http://127.0.0.1:1" });
  await agent.close();
});

afterEach(async () => {
  child?.kill("SIGKILL");
  await rm(prepared.home, { recursive: true, force: true });
});

async function serve(): Promise<ChildProcess> {
  const started = spawn(process.execPath, [main, "serve", "--home", prepared.home], { stdio: "ignore" });
  child = started;
  await untilReady(prepared.localOrigin);
  return started;
}

function held(): { readonly records: number; readonly newest: number } {
  const store = new Database(join(prepared.home, "store.db"), { readonly: true });
  try {
    const row = store
      .prepare<[], { records: number; newest: number }>(
        "SELECT count(*) AS records, coalesce(max(version), 0) AS newest FROM record",
      )
      .get();
    return row ?? { records: 0, newest: 0 };
  } finally {
    store.close();
  }
}

it("an agent killed in the middle of a large file has it all, once, after it is started again", async () => {
  const uscc = (n: number) => composeUscc({ division: "440300", serial: String(n) });
  const rows = Array.from({ length: count }, (_, n) => penaltyRow(uscc(n), `示例罚〔2025〕${n}号`));
  const folder = (name: string) => join(prepared.home, "intake", name);
  let agent = await serve();
  await vi.waitFor(() => expect(existsSync(folder("in"))).toBe(true), often);
  writeFileSync(folder("in/a.csv.part"), csv(rows));
  renameSync(folder("in/a.csv.part"), folder("in/a.csv"));
  for (const least of [1, count / 2]) {
    await vi.waitFor(() => expect(held().records).toBeGreaterThanOrEqual(least), often);
    const gone = once(agent, "exit");
    agent.kill("SIGKILL");
    await gone;
    expect(held().records).toBeLessThan(count);
    expect(readdirSync(folder("in"))).toEqual([]);
    expect(readdirSync(folder("done"))).toEqual([]);
    agent = await serve();
  }
  const report = folder("done/a.csv.report.json");
  await vi.waitFor(() => expect(existsSync(report)).toBe(true), often);
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
    file: "a.csv",
    outcome: "taken",
    received: count,
    quarantined: 0,
    duplicates: 0,
  });
  expect(held()).toEqual({ records: count, newest: 1 });
  expect(readFileSync(folder("done/a.csv"), "utf8")).toBe(csv(rows));
});
