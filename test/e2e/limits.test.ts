import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ask,
  createParty,
  hanging,
  type PlacedNode,
  placeNode,
  prepare,
  sampleLookup,
  send,
  startGateway,
} from "../constellation/index.ts";

describe("a lookup over a limit", () => {
  const asker = createParty({ node: "sz-futian", role: "district" });
  const other = createParty({ node: "sz-longgang", role: "district" });
  let hz: PlacedNode;

  beforeEach(async () => {
    hz = await placeNode("hz", "441300");
  });

  afterEach(async () => {
    await hz.fake.close();
  });

  it("is refused over too many requests in progress", async () => {
    hz.fake.become(hanging);
    const gateway = await startGateway([asker, hz.party], { limits: { maxConcurrent: 20 } });
    const slow = sampleLookup({ deadlineMs: 2_000 });
    const prepared = await Promise.all(Array.from({ length: 24 }, () => prepare(asker, gateway, slow)));
    const codes = (await Promise.all(prepared.map(send))).map(({ status, code }) => code ?? status);
    expect(codes.filter((code) => code === "limit.concurrency")).toHaveLength(4);
    expect(codes.filter((code) => code === 200)).toHaveLength(20);
    await gateway.close();
  });

  it("is refused over a member's rate, and another member's lookup is not", async () => {
    const gateway = await startGateway([asker, other, hz.party], {
      limits: { perMember: { requests: 3, perSeconds: 3_600 } },
    });
    for (let turn = 0; turn < 3; turn += 1) await ask(asker, gateway, sampleLookup());
    const sent = await send(await prepare(asker, gateway, sampleLookup()));
    expect(sent).toMatchObject({ status: 429, code: "limit.rate" });
    expect(sent.headers["retry-after"]).toBe("1");
    expect((await ask(other, gateway, sampleLookup())).complete).toBe(true);
    await gateway.close();
  });
});
