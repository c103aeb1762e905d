import { type Quota, quotaSchema } from "@xinqiao/protocol/registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answering,
  createParty,
  type Party,
  type PlacedNode,
  placeNode,
  prepare,
  readLog,
  sampleLookup,
  send,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

const withQuotas = (party: Party, quotas: readonly Quota[]): Party => ({
  ...party,
  member: { ...party.member, scope: { ...party.member.scope, quotas: [...quotas] } },
});

const hour = 3_600_000;
const day = 24 * hour;
/** 12:00 in Shenzhen, by UTC. */
const noon = 4 * hour;
const district = createParty({ node: "sz-baoan", role: "district" });
const other = createParty({ node: "sz-longgang", role: "district" });

describe("a member's quota for a purpose", () => {
  let dg: PlacedNode;
  let gateway: TestGateway;
  /** The next noon in Shenzhen: the hour and the day have far to go, and the registry has, too. */
  let clock = Math.ceil((Date.now() - noon) / day) * day + noon;

  beforeAll(async () => {
    const seconds = () => Math.floor(clock / 1000);
    dg = await placeNode("dg", "441900", ({ signer }) =>
      answering("dg", signer, (answer) => ({ ...answer, iat: seconds(), exp: seconds() + 300 })),
    );
    const limited = withQuotas(district, [
      quotaSchema.parse({ purpose: "bid-review", lookups: 3, per: "day" }),
    ]);
    gateway = await startGateway([limited, other, dg.party], {}, { now: () => clock });
  });

  afterAll(async () => {
    await Promise.all([gateway.close(), dg.fake.close()]);
  });

  const ask = async (party = district, change: object = {}) => {
    const prepared = await prepare(party, gateway, sampleLookup(change), { now: clock });
    return { prepared, sent: await send(prepared) };
  };

  it("lets exactly so many lookups through however many come at once, and says what it was", async () => {
    const asked = await Promise.all(Array.from({ length: 12 }, () => ask()));
    const refused = asked.filter(({ sent }) => sent.status !== 200);
    expect(refused).toHaveLength(9);
    for (const { sent } of refused) {
      expect(sent).toMatchObject({
        status: 403,
        code: "policy.quota-exceeded",
        facts: { lookups: 3, per: "day" },
      });
    }
    expect(dg.fake.asked, "nothing leaves for the others").toBe(3);
    const entries = (await readLog(gateway)).filter(({ kind }) => kind === "lookup.refused");
    expect(entries).toHaveLength(9);
    expect(entries[0]).toMatchObject({ code: "policy.quota-exceeded", rule: "quota-left" });
    expect(refused[0]?.sent.headers.signature).toBeDefined();
  });

  it("holds for that member and that purpose only, and begins anew with the day", async () => {
    expect((await ask(other)).sent.status).toBe(200);
    expect((await ask(district, { purpose: "government-procurement" })).sent.status).toBe(200);
    expect((await ask()).sent.code).toBe("policy.quota-exceeded");
    clock += 13 * hour;
    expect((await ask()).sent.status).toBe(200);
  });
});
