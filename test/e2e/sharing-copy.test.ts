import { execFile } from "node:child_process";
import { copyFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readEntries, verifyLog } from "@xinqiao/gateway";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
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
const subject = {
  kind: "enterprise",
  scheme: "uscc",
  id: composeUscc({ division: "440300", serial: "EXAMPLE1" }),
};
const numbers = ["示例罚〔2025〕1号", "示例罚〔2025〕2号"] as const;

describe("the city's copy of what a district has shared", () => {
  let baoan: PreparedAgent;
  let longgang: PreparedAgent;
  let away: RunningAgent;
  let asker: RunningAgent;
  let gateway: GatewayProcess;

  beforeEach(async () => {
    const tells = { sharing: { publish: true } };
    baoan = await prepareAgent({ node: "sz-baoan", role: "district", jurisdiction: "440306" }, {}, tells);
    longgang = await prepareAgent({ node: "sz-longgang", role: "district", jurisdiction: "440307" });
    gateway = await startGatewayProcess([baoan.party, longgang.party]);
    left = undefined;
    away = await baoan.start(members(), gateway);
    asker = await longgang.start(members(), gateway);
  });

  const members = () => [gateway.city, baoan.party, longgang.party].map(({ member }) => member);

  afterEach(async () => {
    await leave();
    await asker.close();
    await gateway.close();
  });

  let left: Promise<void> | undefined;

  function leave(): Promise<void> {
    left ??= away.agent.close();
    return left;
  }

  const xinqiao = (...args: string[]) => execute(process.execPath, [main, ...args, "--home", baoan.home]);

  async function share(): Promise<void> {
    const file = join(baoan.home, "penalties.csv");
    await writeFile(file, csv(numbers.map((number) => penaltyRow(subject.id, number))));
    await xinqiao("import", file);
    await taken(2);
  }

  /** The city has so many of its changes. */
  const taken = (upTo: number) =>
    vi.waitFor(() => {
      const pages = readEntries(gateway.logFile).filter((entry) => entry.kind === "changes.taken");
      expect(pages.at(-1)?.upTo).toBe(upTo);
    }, often);

  async function ask(items: readonly string[], purpose = "bid-review") {
    const { status, body } = await asker.ask({ subject, items, purpose, jurisdictions: ["440306"] });
    expect(status, JSON.stringify(body)).toBe(200);
    const { complete, results, exchange } = openedExchangeSchema.parse(body);
    return { complete, row: results[0], exchange };
  }

  it("answers for a node that is away, as the city's word and never fresh, and nothing that was repaired", async () => {
    await share();
    const fresh = await ask(["penalty"]);
    expect(fresh).toMatchObject({ complete: true, row: { status: "ok", records: [{}, {}] } });
    await xinqiao("correct", fresh.row?.records[0]?.id ?? "", "--repair");
    await taken(3);
    await leave();

    const copied = await ask(["penalty"]);
    expect(copied).toMatchObject({
      complete: false,
      row: { node: "sz-baoan", status: "stale", code: "node.unreachable", records: [{ state: "current" }] },
    });
    expect(copied.row?.records).toHaveLength(1);
    expect(Date.parse(copied.row?.asOf ?? "")).toBeGreaterThan(Date.now() - 60_000);
    const outcome = readEntries(gateway.logFile).find(
      (entry) => entry.kind === "lookup.outcome" && entry.exchange === copied.exchange,
    );
    expect(outcome).toMatchObject({ complete: false, rows: [{ status: "stale", code: "node.unreachable" }] });
    expect(verifyLog(gateway.logFile).findings).toEqual([]);
  });

  it("knows better than a node that was made anew from its files, which answers with nothing that was repaired", async () => {
    await share();
    const repaired = (await ask(["penalty"])).row?.records[0]?.id ?? "";
    await xinqiao("correct", repaired, "--repair");
    await taken(3);
    await leave();
    for (const end of ["", "-wal", "-shm"]) await rm(join(baoan.home, `store.db${end}`), { force: true });
    await xinqiao("import", join(baoan.home, "penalties.csv"));
    away = await baoan.start(members(), gateway);
    left = undefined;
    await vi.waitFor(async () => {
      const { complete, row } = await ask(["penalty"]);
      expect(complete).toBe(true);
      expect(row).toMatchObject({ status: "ok", records: [{ state: "current" }] });
      expect(row?.records.map(({ id }) => id)).not.toContain(repaired);
    }, often);
    expect((await xinqiao("refused")).stdout).toContain("sync.record-gone");
  });

  it("does not stand in with what is older than its log, until the node has told all that it holds", async () => {
    await share();
    const fresh = await ask(["penalty"]);
    await gateway.kill("SIGTERM");
    const shared = join(gateway.home, "sharing.db");
    await copyFile(shared, `${shared}.backup`);
    await gateway.start();
    await xinqiao("correct", fresh.row?.records[0]?.id ?? "", "--repair");
    await taken(3);
    await leave();
    await gateway.kill("SIGTERM");
    for (const end of ["-wal", "-shm"]) await rm(`${shared}${end}`, { force: true });
    await rename(`${shared}.backup`, shared);
    await gateway.start();
    expect((await ask(["penalty"])).row).toMatchObject({ status: "error", code: "node.unreachable" });
  });

  it("does not stand in where the requester may hold no copy, or the node has told nothing", async () => {
    await leave();
    const untold = await ask(["penalty"]);
    expect(untold.row).toMatchObject({ status: "error", code: "node.unreachable", records: [] });
  });
});
