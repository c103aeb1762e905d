import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { readEntries } from "@xinqiao/gateway";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  createTestClock,
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
const main = programFile("gateway");
const subjects = ["EXAMPLE1", "EXAMPLE2"].map((serial) => composeUscc({ division: "440300", serial }));
const patience = { timeout: 30_000, interval: 100 };

const shown = z.object({
  hours: z.array(
    z.object({
      interval: z.string(),
      differences: z.number(),
      findings: z.array(z.object({ exchange: z.string(), explanation: z.string().optional() })),
    }),
  ),
});

describe("books of which evidence was erased", () => {
  const clock = createTestClock();
  let prepared: readonly PreparedAgent[];
  let agents: readonly RunningAgent[];
  let gateway: GatewayProcess;

  beforeAll(async () => {
    const file = { "a.csv": csv([penaltyRow(subjects[0] ?? "", "示例罚〔2025〕1号")]) };
    prepared = [
      await prepareAgent({ node: "sz-baoan", role: "district", jurisdiction: "440306" }, file),
      await prepareAgent({ node: "sz-longgang", role: "district", jurisdiction: "440307" }, file),
    ];
    gateway = await startGatewayProcess(
      prepared.map(({ party }) => party),
      { config: { witnesses: { everySeconds: 1, quorum: 2 } }, wrap: clock.under },
    );
    const members = [gateway.city, ...prepared.map(({ party }) => party)].map(({ member }) => member);
    agents = await Promise.all(
      prepared.map((agent) => agent.start(members, gateway, {}, { now: clock.now })),
    );
    // A book is whole from the second after its beginning.
    clock.putAhead(2_000);
  });

  afterAll(async () => {
    for (const { agent } of agents) await agent.close();
    await gateway.close();
    for (const { home } of prepared) await rm(home, { recursive: true, force: true });
  });

  async function exchange(id: string): Promise<string> {
    const subject = { kind: "enterprise", scheme: "uscc", id };
    const asked = { subject, items: ["penalty"], purpose: "bid-review", jurisdictions: ["440307"] };
    const reply = await agents[0]?.ask(asked);
    return openedExchangeSchema.parse(reply?.body).exchange;
  }

  /** Gone from the gateway, and the entry that says so is cosigned. */
  async function erase(id: string): Promise<void> {
    const subject = ["--subject", `uscc:${id}`, "--reason", "consent-withdrawn", "--home", gateway.home];
    await execute(process.execPath, [main, "log", "erase", ...subject]);
    const size = readEntries(gateway.logFile).length;
    await vi.waitFor(async () => {
      const { body } = await request(`${gateway.origin}/log/checkpoint`);
      expect(Number((await body.text()).split("\n")[1])).toBeGreaterThanOrEqual(size);
    }, patience);
  }

  /** What both members find. */
  async function compare(range: object = {}) {
    const all = await Promise.all(
      agents.map((agent) =>
        vi.waitFor(async () => {
          const { status, body } = await agent.call("/v1/reconciliations", range);
          expect(status, JSON.stringify(body)).toBe(200);
          return shown.parse(body).hours;
        }, patience),
      ),
    );
    const hours = all.flat();
    return {
      hours,
      differences: hours.reduce((sum, hour) => sum + hour.differences, 0),
      found: hours.flatMap(({ findings }) => findings),
    };
  }

  it("differ in nothing, and say that it was: before they were compared, or after", async () => {
    const [before = "", after = ""] = subjects;
    const [erased, kept] = [await exchange(before), await exchange(after)];
    await erase(before);
    clock.putAhead(2 * 3_600_000);
    const explained = (id: string) =>
      expect.objectContaining({ exchange: id, explanation: "evidence-erased" });
    const first = await compare();
    expect(first.differences).toBe(0);
    expect(first.found).toEqual([explained(erased), explained(erased)]);
    await erase(after);
    const hours = first.hours.map(({ interval }) => interval).sort();
    const again = await compare({ from: hours.at(0), to: hours.at(-1) });
    expect(again.differences).toBe(0);
    expect(again.found).toHaveLength(4);
    expect(again.found).toEqual(expect.arrayContaining([explained(erased), explained(kept)]));
  });
});
