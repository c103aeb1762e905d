import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answering,
  createParty,
  type FakeNode,
  type GatewayProcess,
  startFakeNode,
  startGatewayProcess,
} from "../constellation/index.ts";
import { askUntilKilled, assertKept, nothingPromised } from "../fault/kills.ts";

/** Fewer where time is short: the CI has 40 minutes for everything. */
const kills = Number(process.env.KILLS ?? 300);
const longestMs = 2_500;
const lookEvery = 25;

describe(`a gateway that is killed ${kills} times`, () => {
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

  it("keeps every entry it acknowledged, and every checkpoint it served", async () => {
    const promised = nothingPromised();
    for (let kill = 1; kill <= kills; kill += 1) {
      await askUntilKilled(gateway, asker, Math.random() * longestMs, promised);
      // Looked at as it was left, now and then, and not only after the gateway has taken it up again.
      if (kill % lookEvery === 0) assertKept(gateway.logFile, promised);
      await gateway.start();
      process.stderr.write(
        `\r${kill} kills, ${promised.entries.size} entries, ${promised.roots.size} checkpoints `,
      );
    }
    assertKept(gateway.logFile, promised);
    expect(promised.roots.size).toBeGreaterThan(kills / 3);
  });
});
