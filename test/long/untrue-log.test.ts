import { execFile } from "node:child_process";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readEntries } from "@xinqiao/gateway";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  askDirectly,
  createTestClock,
  csv,
  type GatewayProcess,
  type LogFile,
  openLogFile,
  type PreparedAgent,
  penaltyRow,
  prepareAgent,
  type RunningAgent,
  startGatewayProcess,
  type TestClock,
} from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const often = { timeout: 60_000, interval: 200 };
const subject = composeUscc({ division: "440300", serial: "EXAMPLE1" });

const shown = z.object({
  hours: z.array(
    z.object({
      log: z.string(),
      differences: z.number(),
      findings: z.array(
        z.object({ exchange: z.string(), side: z.string(), how: z.string(), by: z.string() }),
      ),
    }),
  ),
});

/** What is said of one exchange: how it is not told alike, and what caught it. */
interface Caught {
  readonly how: string;
  readonly by: string;
}

describe("an operator with every right on the gateway's machine is caught", () => {
  let clock: TestClock;
  let prepared: Record<"baoan" | "longgang", PreparedAgent>;
  let running: Record<"baoan" | "longgang", RunningAgent>;
  let gateway: GatewayProcess;

  beforeEach(async () => {
    clock = createTestClock();
    const file = { "a.csv": csv([penaltyRow(subject, "示例罚〔2025〕1号")]) };
    prepared = {
      baoan: await prepareAgent({ node: "sz-baoan", role: "district", jurisdiction: "440306" }, file),
      longgang: await prepareAgent({ node: "sz-longgang", role: "district", jurisdiction: "440307" }, file),
    };
    gateway = await startGatewayProcess([prepared.baoan.party, prepared.longgang.party], {
      config: { witnesses: { everySeconds: 1, quorum: 2 } },
      wrap: clock.under,
    });
    await startAgents();
    // A book is whole from the second after its beginning.
    clock.putAhead(2_000);
  });

  afterEach(async () => {
    await stopAgents();
    await gateway.close();
    for (const { home } of Object.values(prepared)) await rm(home, { recursive: true, force: true });
  });

  async function startAgents(): Promise<void> {
    const { baoan, longgang } = prepared;
    const members = [gateway.city, baoan.party, longgang.party].map(({ member }) => member);
    const start = (agent: PreparedAgent) => agent.start(members, gateway, {}, { now: clock.now });
    running = { baoan: await start(baoan), longgang: await start(longgang) };
  }

  async function stopAgents(): Promise<void> {
    for (const { agent } of Object.values(running)) await agent.close();
  }

  /** One exchange: asked by 宝安, answered by 龙岗. */
  async function exchange(): Promise<string> {
    const asked = {
      subject: { kind: "enterprise", scheme: "uscc", id: subject },
      items: ["penalty"],
      purpose: "bid-review",
      jurisdictions: ["440307"],
    };
    const { body } = await running.baoan.ask(asked);
    const { exchange: id, complete } = openedExchangeSchema.parse(body);
    expect(complete).toBe(true);
    return id;
  }

  /** Both members have cosigned all that there is. */
  async function cosigned(): Promise<void> {
    const { length } = readEntries(gateway.logFile);
    await vi.waitFor(async () => {
      const { cosigners, size } = await newest();
      expect(size).toBeGreaterThanOrEqual(length);
      expect(cosigners).toBe(2);
    }, often);
  }

  async function newest(): Promise<{ readonly size: number; readonly cosigners: number }> {
    const { body } = await request(`${gateway.origin}/log/checkpoint`);
    const [, size = "0", ...lines] = (await body.text()).split("\n");
    return { size: Number(size), cosigners: lines.filter((line) => line.startsWith("— xinqiao/sz-")).length };
  }

  /** The hour is long over: what each side says of an exchange. */
  async function reports() {
    clock.putAhead(2 * 3_600_000);
    const [asked, answered] = [await reportOf(running.baoan), await reportOf(running.longgang)];
    const caught = (id: string) => ({ asked: asked.of(id), answered: answered.of(id) });
    return { asked, answered, caught };
  }

  async function reportOf(agent: RunningAgent) {
    const hours = await vi.waitFor(async () => {
      const { status, body } = await agent.call("/v1/reconciliations");
      expect(status, JSON.stringify(body)).toBe(200);
      return shown.parse(body).hours;
    }, often);
    const findings = hours.flatMap((hour) => hour.findings);
    return {
      logs: [...new Set(hours.map(({ log }) => log))],
      differences: hours.reduce((sum, { differences }) => sum + differences, 0),
      of: (id: string): Caught[] =>
        findings.filter((found) => found.exchange === id).map(({ how, by }) => ({ how, by })),
    };
  }

  /** From its next start on the city's gateway hears no witness: ours stops when one of them contradicts its log. */
  async function hearNoWitness(): Promise<void> {
    const file = join(gateway.home, "gateway.json");
    const config = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...config, witnesses: { timeoutMs: 1, everySeconds: 3_600 } }));
  }

  /** What a command prints, and its exit code. */
  function command(program: "gateway" | "node-agent", args: readonly string[]) {
    const main = programFile(program);
    return new Promise<{ readonly text: string; readonly code: number }>((resolve) => {
      const child = execFile(process.execPath, [main, ...args], (_error, text) => {
        resolve({ text, code: child.exitCode ?? -1 });
      });
    });
  }

  async function withLog(work: (log: LogFile) => Promise<void> | void): Promise<void> {
    const log = openLogFile(gateway.logFile);
    try {
      await work(log);
    } finally {
      log.close();
    }
  }

  it("by nothing, when it has done nothing", async () => {
    const honest = await exchange();
    await cosigned();
    const { asked, answered, caught } = await reports();
    expect(caught(honest)).toEqual({ asked: [], answered: [] });
    expect([asked.differences, answered.differences, asked.logs]).toEqual([0, 0, ["extends"]]);
  });

  it("by count, when rows were deleted", async () => {
    const [honest, deleted] = [await exchange(), await exchange()];
    await cosigned();
    await withLog((log) => log.drop(deleted));
    const { asked, caught } = await reports();
    const only = [{ how: "member-only", by: "count" }];
    expect(caught(deleted)).toEqual({ asked: only, answered: only });
    expect(caught(honest)).toEqual({ asked: [], answered: [] });
    expect(asked.logs).toEqual(["extends"]);
    const member = await command("node-agent", ["log", "reconcile", "--home", prepared.baoan.home]);
    expect(member.code).toBe(2);
    expect(member.text).toContain(deleted);
    expect(member.text).toContain("by count · 数量不符");
    const operator = await command("gateway", ["log", "reconciliations", "--home", gateway.home]);
    expect(operator.text).toMatch(/│ sz-longgang\s+│ \S+\s+│ 1\s+│ 0 /);
  });

  it("by digest, when what was told was edited with its hashes, and by inclusion proof, when anything was", async () => {
    const [told, untold] = [await exchange(), await exchange()];
    await cosigned();
    await gateway.kill("SIGTERM");
    await hearNoWitness();
    await gateway.start();
    await withLog((log) => {
      log.edit(told, "lookup.outcome", '"complete":true', '"complete":false');
      log.edit(untold, "lookup.intent", '"purpose":"bid-review"', '"purpose":"approval"');
      log.rehash();
    });
    const { caught } = await reports();
    const notProven = [{ how: "not-proven", by: "inclusion-proof" }];
    expect(caught(told)).toEqual({ asked: [{ how: "told-differently", by: "digest" }], answered: notProven });
    expect(caught(untold).answered).toEqual(notProven);
    expect(caught(untold).asked).toEqual([
      { how: "not-proven", by: expect.stringMatching(/proof|consistency/) },
    ]);
  });

  it("by consistency, when the whole tree was hashed anew and signed with the log's own key", async () => {
    const [first, second] = [await exchange(), await exchange()];
    await cosigned();
    await gateway.kill("SIGTERM");
    await stopAgents();
    await withLog(async (log) => {
      log.edit(second, "lookup.intent", '"purpose":"bid-review"', '"purpose":"approval"');
      log.rehash();
      await log.signAnew(gateway.logJwk);
    });
    await hearNoWitness();
    await gateway.start();
    await startAgents();
    const { asked, answered, caught } = await reports();
    expect([asked.logs, answered.logs]).toEqual([["contradicts"], ["contradicts"]]);
    for (const id of [first, second]) {
      const { asked: told, answered: said } = caught(id);
      expect([told, said]).toMatchObject([
        [{ how: "not-proven" }],
        [{ how: "not-proven", by: "inclusion-proof" }],
      ]);
    }
  });

  it("by count and consistency, when the log was put back to before an exchange, and answered on", async () => {
    await exchange();
    await cosigned();
    await gateway.kill("SIGTERM");
    const before = join(gateway.home, "before");
    await cp(dirname(gateway.logFile), before, { recursive: true });
    await gateway.start();
    const dropped = await exchange();
    await cosigned();
    await gateway.kill("SIGTERM");
    await stopAgents();
    await rm(dirname(gateway.logFile), { recursive: true });
    await cp(before, dirname(gateway.logFile), { recursive: true });
    await hearNoWitness();
    await gateway.start();
    await startAgents();
    await exchange();
    const { asked, answered, caught } = await reports();
    const only = [{ how: "member-only", by: "count" }];
    expect(caught(dropped)).toEqual({ asked: only, answered: only });
    expect([asked.logs, answered.logs]).toEqual([["contradicts"], ["contradicts"]]);
  });

  it("by count, when a member was asked and it was never logged", async () => {
    await exchange();
    const unlogged = "5a0c1f3e-5d0f-4b8e-9a51-6c5e2f3a7b10";
    const answer = await askDirectly(gateway.city, prepared.longgang, {
      exchange: unlogged,
      requester: "sz-baoan",
      purpose: "bid-review",
    });
    expect(answer.status).not.toBe("refused");
    await cosigned();
    const { caught } = await reports();
    expect(caught(unlogged)).toEqual({ asked: [], answered: [{ how: "member-only", by: "count" }] });
  });
});
