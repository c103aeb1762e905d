import { readEntries, readEvidence, verifyLog } from "@xinqiao/gateway";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answering,
  authorise,
  createParty,
  type FakeNode,
  type GatewayProcess,
  type GivenAuthorisation,
  hanging,
  prepare,
  sampleLookup,
  send,
  startFakeNode,
  startGatewayProcess,
} from "../constellation/index.ts";

describe("kill -9 of the gateway in the middle of authorised lookups", () => {
  const bank = createParty({ node: "sample-bank", role: "credit-user" });
  let node: FakeNode;
  let gateway: GatewayProcess;

  beforeEach(async () => {
    node = await startFakeNode(hanging);
    const dg = createParty({
      node: "dg",
      role: "neighbour-city",
      jurisdiction: "441900",
      endpoint: node.origin,
    });
    node.become(answering("dg", dg.signer));
    gateway = await startGatewayProcess([bank, dg], { config: { shutdownGraceMs: 3_600_000 } });
  });

  afterEach(async () => {
    await Promise.all([gateway.close(), node.close()]);
  });

  it("lets an authorisation of k uses through k times exactly, wherever it strikes", async () => {
    const uses = 30;
    const given = await authorise(bank, { uses });
    let answered = 0;
    for (const replies of [1, 5, 9]) {
      answered += await askUntil(given, replies, () => gateway.kill("SIGKILL"));
      await gateway.start();
    }
    answered += await askUntil(given, uses, async () => undefined);
    expect(verifyLog(gateway.logFile).findings).toEqual([]);
    // That what is kept is what the entries commit to, the check of the log has just shown.
    const isUse = (index: number) => {
      const evidence = readEvidence(gateway.logFile, index);
      const openings = typeof evidence === "string" ? [] : evidence.kept.openings;
      return openings.some(({ value }) => value === given.authorisation.jti);
    };
    const intents = readEntries(gateway.logFile).filter(
      ({ kind }, index) => kind === "lookup.intent" && isUse(index),
    );
    expect(intents, "each use is an intent, and each intent a use").toHaveLength(uses);
    expect(answered, "what a kill cut off is used all the same").toBeLessThanOrEqual(uses);
    expect(node.asked).toBeLessThanOrEqual(uses);
  });

  /** Eight askers at once, until so many were answered, all is used up, or the gateway is gone; how many were answered. */
  async function askUntil(
    given: GivenAuthorisation,
    replies: number,
    strike: () => Promise<unknown>,
  ): Promise<number> {
    let answered = 0;
    let over: Promise<unknown> | undefined;
    const asking = async () => {
      while (over === undefined) {
        const lookup = sampleLookup({ purpose: "bank-loan-review", authorisation: given.carried });
        const sent = await send(await prepare(bank, gateway, lookup)).catch(() => undefined);
        if (sent?.code === "authorisation.used-up") return;
        if (sent?.status === 200) answered += 1;
        if (answered >= replies) over ??= strike();
      }
    };
    await Promise.all(Array.from({ length: 8 }, asking));
    await over;
    return answered;
  }
});
