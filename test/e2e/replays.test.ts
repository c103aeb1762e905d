import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createParty,
  expectSigned,
  type FakeNode,
  placeNode,
  prepare,
  readLog,
  sampleLookup,
  send,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

describe("a request sent again", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
  let node: FakeNode;
  let gateway: TestGateway;

  beforeEach(async () => {
    const dg = await placeNode("dg", "441900");
    node = dg.fake;
    gateway = await startGateway([asker, dg.party], {
      limits: {
        perMember: { requests: 5, perSeconds: 3_600 },
        refusalsPerAddress: { requests: 8, perSeconds: 3_600 },
      },
    });
  });

  afterEach(async () => {
    await Promise.all([gateway.close(), node.close()]);
  });

  const from = (lookup: unknown = sampleLookup(), requestId?: string) =>
    prepare(asker, gateway, lookup, requestId === undefined ? {} : { change: { requestId } });
  const kindsOf = async (requestId: string) =>
    (await readLog(gateway)).filter(({ exchange }) => exchange === requestId).map(({ kind }) => kind);

  it("a replay: signature.replayed, and the first exchange stands alone", async () => {
    const prepared = await from();
    expect((await send(prepared)).status).toBe(200);
    const again = await send(prepared);
    expect(again).toMatchObject({ status: 409, code: "signature.replayed" });
    expectSigned(again, prepared, gateway);
    expect(node.asked).toBe(1);
    expect(await kindsOf(prepared.outgoing.requestId)).toEqual([
      "lookup.intent",
      "lookup.outcome",
      "request.refused",
    ]);
  });

  it("both at once: one is answered, the other is a replay", async () => {
    const prepared = await from();
    const statuses = (await Promise.all([send(prepared), send(prepared)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 409]);
    expect(node.asked).toBe(1);
  });

  it("is a replay too when it could not be read the first time", async () => {
    const prepared = await from('{"subject":');
    expect(await send(prepared)).toMatchObject({ code: "request.json-invalid" });
    expect(await send(prepared)).toMatchObject({ status: 409, code: "signature.replayed" });
    expect(await kindsOf(prepared.outgoing.requestId)).toEqual(["request.refused", "request.refused"]);
  });

  it("does not use up its sender's rate; the address that sends it is turned away instead", async () => {
    const captured = await from();
    expect((await send(captured)).status).toBe(200);
    const codes: (string | undefined)[] = [];
    for (let time = 0; time < 12; time += 1) codes.push((await send(captured)).code);
    expect(codes.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => "signature.replayed"));
    expect(codes.slice(8)).toEqual(Array.from({ length: 4 }, () => "limit.rate"));
    expect((await send(await from())).status, "the member still has its rate").toBe(200);
  });

  it("a new request under a used id: request.id-reused, and nothing leaves", async () => {
    const first = await from();
    expect((await send(first)).status).toBe(200);
    const second = await from(sampleLookup({ items: ["licence"] }), first.outgoing.requestId);
    expect(await send(second)).toMatchObject({ status: 409, code: "request.id-reused" });
    expect(node.asked).toBe(1);
  });
});
