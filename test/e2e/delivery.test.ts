import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { composeUscc } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
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

const lettersSchema = z.object({
  deadLetters: z.array(
    z.object({ source: z.string(), record: z.string(), version: z.number().nullable(), reason: z.string() }),
  ),
});

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
          deliveries: [
            { type: "table", name: "platform", dialect: "sqlite", url: "platform.db" },
            { type: "file", name: "files", folder: "copies" },
          ],
        },
      ),
    };
    await mkdir(join(prepared.longgang.home, "copies"));
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
  const atLonggang = async (...args: string[]) =>
    (await execute(process.execPath, [main, ...args, "--home", prepared.longgang.home])).stdout;

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

  function changeTable(sql: string): void {
    const database = new Database(join(prepared.longgang.home, "platform.db"));
    database.exec(sql);
    database.close();
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

  it("is told of by the agent's own commands and metrics: what waits, what is refused, and that again", async () => {
    await report(["示例罚〔2025〕1号"]);
    await vi.waitFor(() => expect(inTable()).toHaveLength(1), often);
    changeTable("CREATE TRIGGER strict BEFORE INSERT ON xinqiao_copy BEGIN SELECT raise(ABORT, 'no'); END");
    await report(["示例罚〔2025〕1号", "示例罚〔2025〕2号"]);
    const dead = await vi.waitFor(async () => {
      const letters = lettersSchema.parse(
        JSON.parse(await atLonggang("delivery", "dead", "platform", "--json")),
      ).deadLetters;
      expect(letters).toMatchObject([
        { source: "sz-baoan", version: 1, reason: "SQLITE_CONSTRAINT_TRIGGER" },
      ]);
      return letters;
    }, often);
    expect(await atLonggang("delivery", "dead", "platform")).toMatch(
      /│ sz-baoan .*SQLITE_CONSTRAINT_TRIGGER/,
    );
    const standings: unknown = JSON.parse(await atLonggang("delivery", "--json"));
    expect(standings).toMatchObject({
      deliveries: [
        { name: "files", delivered: 2, waiting: 0, dead: 0, isTelling: false },
        { name: "platform", delivered: 1, waiting: 0, dead: 1 },
      ],
    });
    expect(await atLonggang("delivery")).toContain("following · 增量交付中");
    const metrics = await (await request(`${prepared.longgang.localOrigin}/metrics`)).body.text();
    expect(metrics).toContain('xinqiao_agent_delivery_dead_letters{delivery="platform"} 1');
    expect(metrics).toContain('xinqiao_agent_delivered_changes_total{delivery="files"} 2');
    await expect(atLonggang("doctor")).rejects.toThrow(/platform does not take 1 records/);

    changeTable("DROP TRIGGER strict");
    expect(await atLonggang("delivery", "replay", "platform")).toContain("1 条已排队");
    await vi.waitFor(() => expect(inTable().map(({ record }) => record)).toContain(dead[0]?.record), often);
    expect(await atLonggang("doctor")).toMatch(/platform \(sqlite, xinqiao_copy\), files/);
    const files = (await readdir(join(prepared.longgang.home, "copies"))).filter((name) =>
      name.endsWith(".ndjson"),
    );
    const texts = await Promise.all(
      files.map((name) => readFile(join(prepared.longgang.home, "copies", name), "utf8")),
    );
    expect(texts.join("").match(/"change":"put"/g)?.length).toBeGreaterThanOrEqual(2);
    await expect(atLonggang("delivery", "drop", "nowhere")).rejects.toThrow(/no such delivery/);
    expect(await atLonggang("delivery", "anew", "platform")).toContain("anew");
    await vi.waitFor(
      async () => expect(await atLonggang("delivery")).not.toContain("telling everything"),
      often,
    );
    expect(inTable()).toHaveLength(2);
  });
});
