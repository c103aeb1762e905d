import { readEntries, verifyLog } from "@xinqiao/gateway";
import { exchangeSchema } from "@xinqiao/protocol/exchange";
import Database from "better-sqlite3";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createParty,
  type FakeNode,
  type GatewayProcess,
  placeNode,
  prepare,
  sampleLookup,
  send,
  startGatewayProcess,
} from "../constellation/index.ts";

const callers = 4;
const often = { timeout: 20_000, interval: 50 };

/** What a disk does that takes its time: a commit that was begun does not return. Here another process holds the lock that it needs. */
describe("the log's disk is slow", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
  let node: FakeNode;
  let gateway: GatewayProcess;
  let disk: Database.Database;

  beforeEach(async () => {
    const dg = await placeNode("dg", "441900");
    node = dg.fake;
    gateway = await startGatewayProcess([asker, dg.party], {
      config: { limits: { perMember: { requests: 100_000, perSeconds: 1 } } },
    });
    disk = new Database(gateway.logFile, { timeout: 10_000 });
  });

  afterEach(async () => {
    disk.close();
    await Promise.all([gateway.close(), node.close()]);
  });

  const lookUp = async (deadlineMs?: number) =>
    send(await prepare(asker, gateway, sampleLookup({ deadlineMs })));
  const ready = async () => {
    const reply = await request(`${gateway.adminOrigin}/readyz`);
    return { status: reply.statusCode, body: await reply.body.json() };
  };
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it("lookups wait for their entries, and each that was answered is in the log", async () => {
    const answered: { exchange: string; intent: number; outcome: number }[] = [];
    let slow = true;
    const asking = Array.from({ length: callers }, async () => {
      while (slow) {
        const sent = await lookUp();
        expect(sent.status, sent.code).toBe(200);
        const { exchange, log } = exchangeSchema.parse(JSON.parse(sent.text));
        answered.push({ exchange, intent: log.intent, outcome: log.outcome });
      }
    });
    for (let commit = 0; commit < 10; commit += 1) {
      disk.exec("BEGIN IMMEDIATE");
      await wait(300);
      disk.exec("ROLLBACK");
      const { length } = answered;
      await expect.poll(() => answered.length, often).toBeGreaterThan(length);
    }
    slow = false;
    await Promise.all(asking);
    expect(verifyLog(gateway.logFile).findings).toEqual([]);
    const entries = readEntries(gateway.logFile);
    for (const { exchange, intent, outcome } of answered) {
      expect(entries[intent]).toMatchObject({ kind: "lookup.intent", exchange });
      expect(entries[outcome]).toMatchObject({ kind: "lookup.outcome", exchange, intent });
    }
  });

  it("and does not answer for seconds: nothing is disclosed, everyone is told in time, and it goes on by itself", async () => {
    expect((await lookUp()).status).toBe(200);
    const asked = node.asked;
    disk.exec("BEGIN IMMEDIATE");
    const begun = performance.now();
    const sent = await Promise.all(Array.from({ length: callers }, () => lookUp(1_000)));
    for (const { status, code } of sent)
      expect({ status, code }).toEqual({ status: 503, code: "log.unavailable" });
    expect(performance.now() - begun, "the deadline, and not the disk").toBeLessThan(4_000);
    await expect.poll(ready, often).toMatchObject({ status: 503, body: { code: "log.unavailable" } });
    expect(await lookUp(1_000)).toMatchObject({ status: 503, code: "log.unavailable" });
    expect(node.asked, "nothing left the gateway").toBe(asked);
    disk.exec("ROLLBACK");
    await expect.poll(async () => (await ready()).status, often).toBe(200);
    expect((await lookUp()).status).toBe(200);
    expect(verifyLog(gateway.logFile).findings).toEqual([]);
  });
});
