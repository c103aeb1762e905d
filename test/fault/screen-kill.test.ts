import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readEntries } from "@xinqiao/gateway";
import { composeUscc } from "@xinqiao/protocol/identity";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
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

const execute = promisify(execFile);
const often = { timeout: 120_000, interval: 20 };
const [requests, each] = [6, 10_000];
const uscc = (number: number) => composeUscc({ division: "440300", serial: String(number).padStart(8, "0") });
const listed = [7, 9_999, 10_000, 34_567, 59_999];

let baoan: PreparedAgent;
let longgang: PreparedAgent;
let gateway: GatewayProcess;
let agents: RunningAgent[];

beforeAll(async () => {
  baoan = await prepareAgent(
    { node: "sz-baoan", role: "district", jurisdiction: "440306" },
    { "penalties.csv": csv(listed.map((at) => penaltyRow(uscc(at), `示例罚〔2026〕${at}号`))) },
    { sharing: { publish: true } },
  );
  longgang = await prepareAgent({ node: "sz-longgang", role: "district", jurisdiction: "440307" });
  gateway = await startGatewayProcess([baoan.party, longgang.party]);
  const members = [gateway.city, baoan.party, longgang.party].map(({ member }) => member);
  agents = [await baoan.start(members, gateway), await longgang.start(members, gateway)];
  await vi.waitFor(() => expect(countOf("changes.taken")).toBeGreaterThan(0), often);
});

afterAll(async () => {
  for (const agent of agents) await agent.close();
  await gateway.close();
});

const countOf = (kind: string) => readEntries(gateway.logFile).filter((entry) => entry.kind === kind).length;

function begin(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [programFile("node-agent"), ...args], { stdio: "ignore" });
}

it("goes on where it was, killed again and again, with the city away meanwhile: no line is doubled or lost", async () => {
  const [file, out] = [join(longgang.home, "subjects.txt"), join(longgang.home, "hits.csv")];
  await writeFile(file, Array.from({ length: requests * each }, (_, at) => `${uscc(at)}\n`).join(""));
  const args = ["screen", file, "--purpose", "bid-review", "--out", out, "--home", longgang.home];
  for (const answered of [2, 4]) {
    const running = begin(args);
    const gone = once(running, "exit");
    await vi.waitFor(() => expect(countOf("screening.answered")).toBeGreaterThanOrEqual(answered), often);
    running.kill("SIGKILL");
    expect(await gone).toEqual([null, "SIGKILL"]);
    expect([existsSync(out), existsSync(`${out}.part`)]).toEqual([false, true]);
  }
  await gateway.kill("SIGKILL");
  const away: unknown = await execute(process.execPath, [programFile("node-agent"), ...args]).catch(
    (error: unknown) => error,
  );
  expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining("the same command goes on") });
  await gateway.start();
  const { stdout, stderr } = await execute(process.execPath, [programFile("node-agent"), ...args]);
  expect(stdout).toContain(`screened · 筛查 ${requests * each}, listed · 命中 ${listed.length}`);
  expect(stderr, "with how far, of how much, and how fast").toMatch(/ 75 % · \d+ \/ 60000 · \d+ \/s/);
  const lines = (await readFile(out, "utf8")).trim().split("\r\n").slice(1);
  expect(lines.map((line) => line.split(",").slice(0, 2))).toEqual(
    listed.map((at) => [String(at + 1), uscc(at)]),
  );
  expect(existsSync(`${out}.part`)).toBe(false);
  expect(countOf("screening.answered"), "asked again once a kill, at most").toBeLessThanOrEqual(requests + 2);
}, 240_000);
