import { readEntries, verifyLog } from "@xinqiao/gateway";
import { exchangeSchema } from "@xinqiao/protocol/exchange";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answering,
  createParty,
  type FakeNode,
  type GatewayProcess,
  hanging,
  type Party,
  prepare,
  sampleLookup,
  send,
  startFakeNode,
  startGatewayProcess,
} from "../constellation/index.ts";

describe("kill -9 of the gateway", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
  let node: FakeNode;
  let dg: Party;
  let gateway: GatewayProcess;

  beforeEach(async () => {
    node = await startFakeNode(hanging);
    dg = createParty({ node: "dg", role: "neighbour-city", jurisdiction: "441900", endpoint: node.origin });
    gateway = await startGatewayProcess([asker, dg], { config: { shutdownGraceMs: 3_600_000 } });
  });

  afterEach(async () => {
    await Promise.all([gateway.close(), node.close()]);
  });

  it("loses no acknowledged entry, whenever it strikes", async () => {
    node.become(answering("dg", dg.signer));
    const acknowledged: { exchange: string; intent: number; outcome: number }[] = [];
    for (const afterReplies of [1, 7, 20]) {
      await askUntilKilled(afterReplies, acknowledged);
      await gateway.start();
      const report = verifyLog(gateway.logFile);
      expect(report.findings).toEqual([]);
      const entries = readEntries(gateway.logFile);
      for (const { exchange, intent, outcome } of acknowledged) {
        expect(entries[intent]).toMatchObject({ kind: "lookup.intent", exchange });
        expect(entries[outcome]).toMatchObject({ kind: "lookup.outcome", exchange, intent });
      }
      const closed = entries.flatMap((entry) =>
        entry.kind === "lookup.outcome" || entry.kind === "exchange.interrupted" ? [entry.intent] : [],
      );
      const intents = entries.flatMap((entry, index) => (entry.kind === "lookup.intent" ? [index] : []));
      expect(new Set(closed), "every intent is closed, once").toEqual(new Set(intents));
      expect(closed).toHaveLength(intents.length);
    }
  });

  it("closes an exchange it broke off as interrupted", async () => {
    const prepared = await prepare(asker, gateway, sampleLookup({ deadlineMs: 20_000 }));
    const broken = send(prepared).catch((error: unknown) => error);
    await expect.poll(() => node.asked, { timeout: 10_000 }).toBe(1);
    await gateway.kill("SIGKILL");
    expect(await broken).toBeInstanceOf(Error);
    await gateway.start();
    const entries = readEntries(gateway.logFile).filter(
      ({ exchange }) => exchange === prepared.outgoing.requestId,
    );
    expect(entries.map(({ kind }) => kind)).toEqual(["lookup.intent", "exchange.interrupted"]);
  });

  it("still knows a request it answered before: a replay is refused", async () => {
    node.become(answering("dg", dg.signer));
    const prepared = await prepare(asker, gateway, sampleLookup());
    expect((await send(prepared)).status).toBe(200);
    await gateway.kill("SIGKILL");
    await gateway.start();
    expect(await send(prepared)).toMatchObject({ status: 409, code: "signature.replayed" });
    expect(node.asked).toBe(1);
  });

  it("on SIGTERM finishes what is under way, says so in the log and exits 0", async () => {
    const prepared = await prepare(asker, gateway, sampleLookup({ deadlineMs: 1_500 }));
    const answered = send(prepared);
    await expect.poll(() => node.asked, { timeout: 10_000 }).toBe(1);
    const stopped = gateway.kill("SIGTERM");
    expect(await answered).toMatchObject({ status: 200 });
    expect(await stopped).toBe(0);
    expect(readEntries(gateway.logFile).at(-1)).toMatchObject({ kind: "gateway.stopped" });
  });

  it("does not start twice on one home: the second ends, the first goes on", async () => {
    node.become(answering("dg", dg.signer));
    const second = await gateway.startInVain();
    expect(second.code).not.toBe(0);
    expect(second.said).toContain("审计日志正被另一网关进程写入");
    expect((await send(await prepare(asker, gateway, sampleLookup()))).status).toBe(200);
    const kinds = readEntries(gateway.logFile)
      .map(({ kind }) => kind)
      .filter((kind) => kind !== "member.changed");
    expect(kinds).toEqual([
      "gateway.started",
      "registry.taken",
      "catalogue.taken",
      "lookup.intent",
      "lookup.outcome",
    ]);
  });

  it("ends soon after SIGTERM although members keep their connections", async () => {
    node.become(answering("dg", dg.signer));
    expect((await send(await prepare(asker, gateway, sampleLookup()))).status).toBe(200);
    // The grace time is longer than this test may take: what waits for it fails.
    expect(await gateway.kill("SIGTERM")).toBe(0);
  });

  /** Four askers at once; the kill comes after the given number of replies, wherever the others stand. */
  async function askUntilKilled(
    replies: number,
    acknowledged: { exchange: string; intent: number; outcome: number }[],
  ): Promise<void> {
    const enough = acknowledged.length + replies;
    let killed: Promise<unknown> | undefined;
    const asking = async () => {
      while (killed === undefined) {
        const sent = await send(await prepare(asker, gateway, sampleLookup())).catch(() => undefined);
        if (sent?.status !== 200) continue;
        const { exchange, log } = exchangeSchema.parse(JSON.parse(sent.text));
        acknowledged.push({ exchange, intent: log.intent, outcome: log.outcome });
        if (acknowledged.length >= enough) killed ??= gateway.kill("SIGKILL");
      }
    };
    await Promise.all([asking(), asking(), asking(), asking()]);
    await killed;
  }
});
