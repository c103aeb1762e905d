import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readEntries } from "@xinqiao/gateway";
import { composeUscc } from "@xinqiao/protocol/identity";
import { createDirectory } from "@xinqiao/protocol/registry";
import { correctionsSchema, openCompletion } from "@xinqiao/protocol/sync";
import { chinaDay } from "@xinqiao/runtime/calendar";
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
const subject = {
  kind: "enterprise",
  scheme: "uscc",
  id: composeUscc({ division: "440300", serial: "EXAMPLE1" }),
};
const number = "示例罚〔2025〕1号";
const shown = z.object({
  copies: z.array(
    z.object({
      source: z.string(),
      record: z.looseObject({ id: z.string(), state: z.string(), version: z.number() }),
    }),
  ),
});

describe("what a district shares", () => {
  let prepared: Record<"baoan" | "longgang" | "dongguan", PreparedAgent>;
  let running: Record<"baoan" | "longgang" | "dongguan", RunningAgent>;
  let gateway: GatewayProcess;

  beforeEach(async () => {
    const tells = { sharing: { publish: true } };
    const hears = { sharing: { publish: true, subscribe: {} } };
    prepared = {
      baoan: await prepareAgent({ node: "sz-baoan", role: "district", jurisdiction: "440306" }, {}, tells),
      longgang: await prepareAgent(
        { node: "sz-longgang", role: "district", jurisdiction: "440307" },
        {},
        hears,
      ),
      dongguan: await prepareAgent({ node: "dg", role: "neighbour-city", jurisdiction: "441900" }, {}, hears),
    };
    gateway = await startGatewayProcess(Object.values(prepared).map(({ party }) => party));
    running = {
      baoan: await start("baoan"),
      longgang: await start("longgang"),
      dongguan: await start("dongguan"),
    };
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

  async function report(
    numbers: readonly string[],
    change: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const file = join(prepared.baoan.home, "penalties.csv");
    await writeFile(file, csv(numbers.map((each) => penaltyRow(subject.id, each, change))));
    await xinqiao("import", file);
  }

  async function copiesAt(name: keyof typeof running, items = ["penalty"]) {
    const { status, body } = await running[name].call("/v1/copies", { subject, items });
    expect(status).toBe(200);
    return shown.parse(body).copies;
  }

  const idsAt = async (name: keyof typeof running) =>
    (await copiesAt(name)).map(({ record }) => record.id).sort();
  const kinds = () => readEntries(gateway.logFile).map(({ kind }) => kind);

  async function corrections() {
    const { status, body } = await running.baoan.call("/v1/corrections");
    expect(status, JSON.stringify(body)).toBe(200);
    return correctionsSchema.parse(body).corrections;
  }

  it("appears at everyone who may hold it, and what is repaired disappears, with the city's signed word that it has", async () => {
    await report([number, "示例罚〔2025〕2号"]);
    for (const name of ["longgang", "dongguan"] as const) {
      await vi.waitFor(async () => expect(await idsAt(name)).toHaveLength(2), often);
    }
    const [copy] = await copiesAt("longgang");
    expect(copy).toMatchObject({
      source: "sz-baoan",
      record: { version: 1, state: "current", subjectName: "示例科技有限公司" },
    });
    expect(await idsAt("baoan"), "nobody is handed its own").toEqual([]);

    const id = copy?.record.id ?? "";
    await xinqiao("correct", id, "--repair");
    for (const name of ["longgang", "dongguan"] as const) {
      await vi.waitFor(async () => expect(await idsAt(name)).not.toContain(id), often);
    }
    const completed = await vi.waitFor(async () => {
      const [correction] = await corrections();
      expect(correction?.completion).toBeDefined();
      return correction;
    }, often);
    expect(completed).toMatchObject({
      record: id,
      effect: "repaired",
      holders: [{ node: "dg" }, { node: "sz-longgang" }],
    });
    const directory = createDirectory({ version: 1, members: members() });
    if (!directory.ok) throw new Error("no directory");
    const statement = openCompletion(completed?.completion ?? "", gateway.city.member.node, directory.value);
    expect(statement).toMatchObject({
      effect: "repaired",
      holders: [{ node: "dg" }, { node: "sz-longgang" }],
    });
    const opened = kinds().filter((kind) => kind.startsWith("correction."));
    expect(opened).toEqual(["correction.opened", "correction.completed"]);
    const { stdout } = await xinqiao("corrections");
    expect(stdout).toContain("已办结 complete");
    expect(stdout).toContain(id);
    const compared = await xinqiao("reconcile", "copies");
    expect(compared.stdout).toMatch(/sz-baoan\s+│ penalty\s+│ 1\s+│ 1\s.*是 yes/);
    const scored = await execute(process.execPath, [
      programFile("gateway"),
      ...["scorecard", "--month", chinaDay(Date.now()).slice(0, 7), "--json", "--home", gateway.home],
    ]);
    expect(JSON.parse(scored.stdout)).toMatchObject([{ source: "sz-baoan" }]);
    const { stdout: standing } = await execute(process.execPath, [
      programFile("gateway"),
      ...["sharing", "status", "--json", "--home", gateway.home],
    ]);
    expect(JSON.parse(standing)).toMatchObject({
      // Who publishes and has nothing says so.
      sources: [{ source: "sz-baoan", isWhole: true, refused: 0 }],
      subscribers: [
        { node: "dg", isLapsed: false },
        { node: "sz-longgang", isLapsed: false },
      ],
      deadLetters: [],
    });
    expect(JSON.stringify(readEntries(gateway.logFile))).not.toContain(subject.id);
  });

  it("survives the gateway's kill, a member's absence of any length, and comes once", async () => {
    await report([number]);
    await vi.waitFor(async () => expect(await idsAt("longgang")).toHaveLength(1), often);
    await running.dongguan.agent.close();
    await gateway.kill("SIGKILL");
    await report([number, "示例罚〔2025〕2号", "示例罚〔2025〕3号"]);
    await gateway.start();
    await vi.waitFor(async () => expect(await idsAt("longgang")).toHaveLength(3), often);
    await report([number], { CF_NR: "罚款及警告" });
    running.dongguan = await start("dongguan");
    await vi.waitFor(async () => expect(await idsAt("dongguan")).toHaveLength(3), often);
    await vi.waitFor(async () => {
      const copies = await copiesAt("dongguan");
      expect(copies.map(({ record }) => record.version).sort()).toEqual([1, 1, 2]);
    }, often);
    const [correction] = await vi.waitFor(async () => {
      const all = await corrections();
      expect(all.map(({ completion }) => completion !== undefined)).toEqual([true]);
      return all;
    }, often);
    expect(correction?.effect).toBe("corrected");
  });

  it("is told anew by a source whose store was put back, and nothing that it has no more stays", async () => {
    await report([number, "示例罚〔2025〕2号"]);
    await vi.waitFor(async () => expect(await idsAt("longgang")).toHaveLength(2), often);
    await running.baoan.agent.close();
    // As from a backup of before: another past, with less in it.
    const { rm } = await import("node:fs/promises");
    for (const file of ["store.db", "store.db-wal", "store.db-shm"]) {
      await rm(join(prepared.baoan.home, file), { force: true });
    }
    running.baoan = await start("baoan");
    await report(["示例罚〔2025〕2号"]);
    await vi.waitFor(async () => {
      expect(await idsAt("longgang")).toHaveLength(1);
      expect(await idsAt("dongguan")).toHaveLength(1);
    }, often);
  });
});
