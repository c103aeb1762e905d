import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  csv,
  penaltyRow,
  prepareAgent,
  type RunningAgent,
  sampleLookup,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

const [whole, keptBack] = ["EXAMPLE1", "EXAMPLE2"].map((serial) =>
  composeUscc({ division: "440300", serial }),
);

describe("a file of which a row was kept back", () => {
  let gateway: TestGateway;
  let agent: RunningAgent;

  beforeAll(async () => {
    const file = csv([
      penaltyRow(whole ?? "", "示例罚〔2025〕1号"),
      penaltyRow(keptBack ?? "", "示例罚〔2025〕2号", { CF_JDRQ: "2025-02-30" }),
    ]);
    const prepared = await prepareAgent(
      { node: "sz-baoan", role: "district", jurisdiction: "440306" },
      { "a.csv": file },
    );
    gateway = await startGateway([prepared.party]);
    agent = await prepared.start([gateway.city.member, prepared.party.member], gateway);
  });

  afterAll(async () => {
    await Promise.all([agent.close(), gateway.close()]);
  });

  const lookUp = async (id: string | undefined) => {
    const { body } = await agent.ask(sampleLookup({ subject: { kind: "enterprise", scheme: "uscc", id } }));
    return openedExchangeSchema.parse(body);
  };

  it("is not taken for a clean history of whom the row is about", async () => {
    expect(await lookUp(keptBack)).toMatchObject({
      complete: false,
      results: [{ status: "none", records: [], gaps: [{ item: "penalty", reason: "unreadable" }] }],
    });
  });

  it("takes nothing from the others", async () => {
    const { complete, results } = await lookUp(whole);
    expect(complete).toBe(true);
    expect(results).toMatchObject([{ status: "ok", records: [{ item: "penalty" }] }]);
    expect(results[0]).not.toHaveProperty("gaps");
  });

  it("is put right by a row that the platform posts, with as many others as a batch may have", async () => {
    const others = Array.from({ length: 999 }, (_, at) =>
      penaltyRow(composeUscc({ division: "440300", serial: String(at) }), `示例罚〔2026〕${at}号`),
    );
    const rows = [penaltyRow(keptBack ?? "", "示例罚〔2025〕2号"), ...others];
    expect(await agent.call("/v1/intake/penalty", { reference: "2026-1", rows })).toMatchObject({
      status: 200,
      body: { received: 1_000, accepted: 1_000, rows: [] },
    });
    expect(await lookUp(keptBack)).toMatchObject({
      complete: true,
      results: [{ status: "ok", records: [{ item: "penalty" }] }],
    });
  });
});
