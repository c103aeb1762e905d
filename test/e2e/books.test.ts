import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { reconciliationsSchema } from "@xinqiao/protocol/reconciliation";
import Database from "better-sqlite3";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  createParty,
  csv,
  type FakeNode,
  hanging,
  type PreparedAgent,
  penaltyRow,
  prepareAgent,
  type RunningAgent,
  readLog,
  saying,
  startFakeNode,
  startGateway,
  type TestGateway,
  untilReady,
} from "../constellation/index.ts";

const subject = composeUscc({ division: "440300", serial: "EXAMPLE1" });
const hourMs = 3_600_000;
const exchangeId = /^[0-9a-f]{8}-/;
const refusalSchema = z.object({ code: z.string() });
const failing = saying(500, "text/plain", "");

const shown = z.object({
  hours: z.array(
    z.object({
      interval: z.string(),
      here: z.object({ asked: z.object({ count: z.number() }), answered: z.object({ count: z.number() }) }),
      findings: z.array(
        z.object({
          side: z.string(),
          exchange: z.string(),
          how: z.string(),
          by: z.string(),
          explanation: z.string().optional(),
        }),
      ),
      log: z.string(),
      proved: z.number(),
      differences: z.number(),
      explained: z.number(),
    }),
  ),
});

async function publishedSize(origin: string): Promise<number> {
  const { body } = await request(`${origin}/log/checkpoint`);
  return Number((await body.text()).split("\n")[1]);
}

describe("both sides' books", () => {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  let neighbour: FakeNode;
  let prepared: Record<"baoan" | "longgang" | "audit", PreparedAgent>;
  let agents: Record<"baoan" | "longgang" | "audit", RunningAgent>;
  let gateway: TestGateway;

  beforeAll(async () => {
    neighbour = await startFakeNode(failing);
    const file = { "a.csv": csv([penaltyRow(subject, "示例罚〔2025〕1号")]) };
    prepared = {
      baoan: await prepareAgent({ node: "sz-baoan", role: "district", jurisdiction: "440306" }, file),
      longgang: await prepareAgent({ node: "sz-longgang", role: "district", jurisdiction: "440307" }, file),
      audit: await prepareAgent({ node: "sz-audit", role: "auditor" }),
    };
    const hz = createParty({
      node: "hz",
      role: "neighbour-city",
      jurisdiction: "441300",
      endpoint: neighbour.origin,
    });
    const parties = [prepared.baoan.party, prepared.longgang.party, hz, prepared.audit.party];
    gateway = await startGateway(parties, {}, { now });
    const members = [gateway.city, ...parties].map(({ member }) => member);
    agents = {
      baoan: await prepared.baoan.start(members, gateway, {}, { now }),
      longgang: await prepared.longgang.start(members, gateway, {}, { now }),
      audit: await prepared.audit.start(members, gateway, {}, { now }),
    };
    const started = [prepared.baoan, prepared.longgang, prepared.audit].map(({ localOrigin }) => localOrigin);
    for (const origin of [gateway.adminOrigin, ...started]) await untilReady(origin);
    // A book is whole from the second after its beginning.
    ahead += 2_000;
  });

  afterAll(async () => {
    await agents.baoan.close();
    await agents.longgang.close();
    await agents.audit.close();
    await gateway.close();
    await neighbour.close();
  });

  const lookup = {
    subject: { kind: "enterprise", scheme: "uscc", id: subject },
    items: ["penalty"],
    purpose: "bid-review",
    jurisdictions: ["440307"],
    deadlineMs: 10_000,
  };

  /** @returns the exchange, or why there was none */
  async function ask(change: object = {}): Promise<string> {
    const { status, body } = await agents.baoan.ask({ ...lookup, ...change });
    return status === 200 ? openedExchangeSchema.parse(body).exchange : refusalSchema.parse(body).code;
  }

  async function reconcile(agent: RunningAgent, range: object = {}) {
    const { status, body } = await agent.call("/v1/reconciliations", range);
    expect(status, JSON.stringify(body)).toBe(200);
    return shown.parse(body).hours;
  }

  /** Some way past the end of the hour: the log has long signed a checkpoint of all of it. */
  async function laterOn() {
    const { length } = await readLog(gateway);
    await expect
      .poll(() => publishedSize(gateway.origin), { timeout: 10_000 })
      .toBeGreaterThanOrEqual(length);
    ahead += 2 * hourMs;
  }

  it("agree after a full answer, a partial one and a refusal, and the log says so", async () => {
    expect(await ask()).toMatch(exchangeId);
    expect(await ask({ jurisdictions: ["440307", "441300"] })).toMatch(exchangeId);
    expect(await ask({ purpose: "no-such-purpose" })).toBe("lookup.purpose-unknown");
    await laterOn();
    const hours = await reconcile(agents.baoan);
    expect(hours.map(({ differences, explained }) => [differences, explained])).toEqual(
      hours.map(() => [0, 0]),
    );
    expect(hours).toContainEqual(
      expect.objectContaining({
        here: expect.objectContaining({ asked: expect.objectContaining({ count: 3 }) }),
        proved: 3,
        log: "extends",
      }),
    );
    const others = await reconcile(agents.longgang);
    expect(others.some(({ here }) => here.answered.count === 2)).toBe(true);
    expect(others.map(({ differences }) => differences)).toEqual(others.map(() => 0));
    const entries = await readLog(gateway);
    expect(entries.filter(({ kind }) => kind === "books.reconciled")).toHaveLength(
      hours.length + others.length,
    );
  });

  it("differ in nothing when a reply was lost on the way, and say that it was", async () => {
    neighbour.become(hanging);
    const leaving = new AbortController();
    const asking = request(`${prepared.baoan.localOrigin}/v1/lookups`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer test-token" },
      body: JSON.stringify({ ...lookup, jurisdictions: ["441300"], deadlineMs: 5_000 }),
      signal: leaving.signal,
    });
    const outcomes = async () =>
      (await readLog(gateway)).filter(({ kind }) => kind === "lookup.outcome").length;
    const before = await outcomes();
    const intents = async () =>
      (await readLog(gateway)).filter(({ kind }) => kind === "lookup.intent").length;
    await expect.poll(intents, { timeout: 10_000 }).toBe(before + 1);
    leaving.abort();
    await expect(asking).rejects.toThrow();
    await expect.poll(outcomes, { timeout: 10_000 }).toBe(before + 1);
    await laterOn();
    const hours = await reconcile(agents.baoan);
    const found = hours.flatMap(({ findings }) => findings);
    expect(found).toMatchObject([{ side: "asked", how: "gateway-only", explanation: "reply-lost" }]);
    expect(hours.map(({ differences }) => differences)).toEqual(hours.map(() => 0));
  });

  it("differ in exactly the exchange that an operator has deleted, on both sides", async () => {
    await ask();
    const deleted = await ask();
    const database = new Database(gateway.logFile);
    database.exec("PRAGMA foreign_keys = OFF");
    database.prepare("DELETE FROM entry WHERE exchange = ?").run(deleted);
    database.close();
    await laterOn();
    for (const [agent, side] of [
      [agents.baoan, "asked"],
      [agents.longgang, "answered"],
    ] as const) {
      const found = (await reconcile(agent)).flatMap(({ findings }) => findings);
      expect(found.filter(({ explanation }) => explanation === undefined)).toEqual([
        { side, exchange: deleted, how: "member-only", by: "count" },
      ]);
    }
  });

  it("are shown to auditors, each comparison with both sides' words, and to nobody else", async () => {
    const read = (agent: RunningAgent, asked = {}) => agent.call("/v1/audit/reconciliations", asked);
    const { status, body } = await read(agents.audit, { member: "sz-longgang" });
    expect(status, JSON.stringify(body)).toBe(200);
    const { reconciliations, newest } = reconciliationsSchema.parse(body);
    expect(reconciliations.map(({ differences }) => differences)).toContain(1);
    expect(new Set(reconciliations.map(({ member }) => member))).toEqual(new Set(["sz-longgang"]));
    expect(newest.map(({ member }) => member)).toEqual(["sz-baoan", "sz-longgang", "hz", "sz-audit"]);
    expect((await read(agents.baoan)).status).toBe(403);
    const kinds = (await readLog(gateway)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "audit.books-read")).toHaveLength(1);
    const faults = agents.audit.lines.filter((line) => line.includes("revocations-fault"));
    expect(faults, "an auditor is asked to revoke nothing, and does not ask").toEqual([]);
  });
});
