import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  ask,
  createParty,
  csv,
  type PlacedNode,
  type PreparedAgent,
  penaltyRow,
  placeNode,
  prepare,
  prepareAgent,
  type RunningAgent,
  sampleLookup,
  send,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

const known = composeUscc({ division: "440300", serial: "EXAMPLE1" });
const about = { subject: { kind: "enterprise", scheme: "uscc", id: known } };

const headerOf = (jws: string) =>
  z
    .object({ alg: z.string() })
    .parse(JSON.parse(Buffer.from(jws.split(".")[0] ?? "", "base64url").toString()));

describe("a federation on its way to SM2", () => {
  const asker = createParty({ node: "sz-futian", role: "district", suite: "sm2" });
  let dg: PlacedNode;
  let prepared: { baoan: PreparedAgent; longgang: PreparedAgent };
  let gateway: TestGateway;
  let agents: { baoan: RunningAgent; longgang: RunningAgent };

  beforeAll(async () => {
    dg = await placeNode("dg", "441900", undefined, "es256");
    prepared = {
      baoan: await prepareAgent(
        { node: "sz-baoan", role: "district", jurisdiction: "440306", suite: "ed25519" },
        { "a.csv": csv([penaltyRow(known, "示例罚〔2025〕1号")]) },
      ),
      longgang: await prepareAgent(
        { node: "sz-longgang", role: "district", jurisdiction: "440307", suite: "sm2" },
        { "b.csv": csv([penaltyRow(known, "示例龙罚〔2025〕1号")]) },
      ),
    };
    const { baoan, longgang } = prepared;
    gateway = await startGateway([asker, baoan.party, longgang.party, dg.party], {}, { suite: "sm2" });
    agents = { baoan: await baoan.start([], gateway), longgang: await longgang.start([], gateway) };
  });

  afterAll(async () => {
    await Promise.all([agents.baoan.close(), agents.longgang.close(), gateway.close(), dg.fake.close()]);
  });

  it.each(["baoan", "longgang"] as const)(
    "answers a lookup whose every signature holds, whichever suite asks: %s",
    async (name) => {
      const { status, body } = await agents[name].ask(sampleLookup(about));
      expect(status).toBe(200);
      const { complete, results } = openedExchangeSchema.parse(body);
      expect(complete).toBe(true);
      expect(results.map(({ node, status: said, records }) => [node, said, records.length])).toEqual([
        ["sz-baoan", "ok", 1],
        ["sz-longgang", "ok", 1],
        ["dg", "none", 0],
      ]);
    },
  );

  it("is signed by each with what it has: the city with SM2, each node with its own", async () => {
    const { results } = await ask(asker, gateway, sampleLookup(about));
    const algorithms = results.map(({ answer = "" }) => headerOf(answer).alg);
    expect(algorithms).toEqual(["EdDSA", "SM2SM3", "ES256"]);
  });

  it("takes nothing signed with SM2 that was changed, or that names an algorithm", async () => {
    const changed = await prepare(asker, gateway, sampleLookup(about));
    const id = changed.headers["x-request-id"] ?? "";
    changed.headers["x-request-id"] = id.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    expect(await send(changed)).toMatchObject({ status: 401, code: "signature.invalid" });
    const named = await prepare(asker, gateway, sampleLookup(about));
    named.headers["signature-input"] += ';alg="sm2"';
    expect(await send(named)).toMatchObject({ status: 401, code: "signature.algorithm-mismatch" });
  });
});
