import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answering,
  createParty,
  type FakeNode,
  type GatewayProcess,
  startFakeNode,
  startGatewayProcess,
} from "../constellation/index.ts";
import { askUntilKilled, assertKept, nothingPromised } from "./kills.ts";

describe("a gateway that is killed under load", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
  let node: FakeNode;
  let gateway: GatewayProcess;

  beforeEach(async () => {
    const key = createParty({ node: "dg", role: "neighbour-city", jurisdiction: "441900" });
    node = await startFakeNode(answering("dg", key.signer));
    const dg = { ...key, member: { ...key.member, endpoint: node.origin } };
    const limits = { perMember: { requests: 100_000, perSeconds: 1 } };
    gateway = await startGatewayProcess([asker, dg], { config: { limits } });
  });

  afterEach(async () => {
    await Promise.all([gateway.close(), node.close()]);
  });

  it("keeps every entry it acknowledged, and every checkpoint it served", { timeout: 120_000 }, async () => {
    const promised = nothingPromised();
    for (const afterMs of [300, 1_100, 2_300]) {
      await askUntilKilled(gateway, asker, afterMs, promised);
      await gateway.start();
      assertKept(gateway.logFile, promised);
    }
    expect(promised.entries.size).toBeGreaterThan(0);
    expect(promised.roots.size).toBeGreaterThan(0);
  });
});
