import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { composeUscc } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  csv,
  type GatewayProcess,
  type PreparedAgent,
  penaltyRow,
  prepareAgent,
  type RunningAgent,
  startGatewayProcess,
} from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

const often = { timeout: 30_000, interval: 50 };
const execute = promisify(execFile);
const main = programFile("node-agent");
const subject = composeUscc({ division: "440300", serial: "EXAMPLE1" });

describe("a subscriber's platform", () => {
  let prepared: Record<"baoan" | "longgang", PreparedAgent>;
  let running: Record<"baoan" | "longgang", RunningAgent>;
  let gateway: GatewayProcess;

  beforeEach(async () => {
    prepared = {
      baoan: await prepareAgent(
        { node: "sz-baoan", role: "district", jurisdiction: "440306" },
        {},
        { sharing: { publish: true } },
      ),
      longgang: await prepareAgent(
        { node: "sz-longgang", role: "district", jurisdiction: "440307" },
        {},
        {
          sharing: { subscribe: {} },
          deliveries: [{ type: "table", name: "platform", dialect: "sqlite", url: "platform.db" }],
        },
      ),
    };
    gateway = await startGatewayProcess(Object.values(prepared).map(({ party }) => party));
    running = { baoan: await start("baoan"), longgang: await start("longgang") };
  });

  afterEach(async () => {
    for (const agent of Object.values(running)) await agent.close();
    await gateway.close();
  });

  const members = () =>
    [gateway.city, ...Object.values(prepared).map(({ party }) => party)].map(({ member }) => member);
  const start = (name: keyof typeof prepared) => prepared[name].start(members(), gateway);
  const xinqiao = (...args: string[]) =>
    execute(process.execPath, [main, ...args, "--home", prepared.baoan.home]);

  async function report(numbers: readonly string[]): Promise<void> {
    const file = join(prepared.baoan.home, "penalties.csv");
    await writeFile(file, csv(numbers.map((each) => penaltyRow(subject, each))));
    await xinqiao("import", file);
  }

  function inTable(): readonly { record: string; state: string; source: string }[] {
    const database = new Database(join(prepared.longgang.home, "platform.db"), { readonly: true });
    try {
      return database
        .prepare<[], { record: string; state: string; source: string }>(
          "SELECT source, record, state FROM xinqiao_copy ORDER BY record",
        )
        .all();
    } finally {
      database.close();
    }
  }

  it("has what others share in its own table, and what is repaired at its source disappears from it", async () => {
    await report(["示例罚〔2025〕1号", "示例罚〔2025〕2号"]);
    const rows = await vi.waitFor(() => {
      const found = inTable();
      expect(found).toHaveLength(2);
      return found;
    }, often);
    expect(rows[0]).toMatchObject({ source: "sz-baoan", state: "current" });
    const [{ record } = { record: "" }] = rows;
    await xinqiao("correct", record, "--repair");
    await vi.waitFor(() => expect(inTable().map((row) => row.record)).toEqual([rows[1]?.record]), often);
    const { lines } = running.longgang;
    expect(lines.filter((line) => line.includes('"delivered"')).length).toBeGreaterThan(1);
    expect(lines.join()).not.toContain(subject);
  });
});
