import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  askDirectly,
  authorise,
  createParty,
  prepare,
  prepareAgent,
  sampleUscc,
  send,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

const bank = createParty({ node: "sample-bank", role: "credit-user" });

describe("withdrawals", () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway([bank]);
  });

  afterAll(async () => {
    await gateway.close();
  });

  it("are listed in a page that changes only when there is news", async () => {
    const page = async (after: string, tag = "") => {
      const reply = await request(`${gateway.origin}/v1/withdrawals${after}`, {
        headers: { "if-none-match": tag },
      });
      return { status: reply.statusCode, text: await reply.body.text(), tag: String(reply.headers.etag) };
    };
    const first = await page("");
    expect(first.status).toBe(200);
    expect(first.text).not.toContain(sampleUscc);
    const given = await authorise(bank);
    await send(
      await prepare(
        bank,
        gateway,
        { authorisation: given.authorisation.jti, token: given.carried.token },
        { path: "/v1/authorisations/withdrawals" },
      ),
    );
    const next = await page("?after=0", first.tag);
    expect(next.status).toBe(200);
    const payload = JSON.parse(Buffer.from(next.text.split(".")[1] ?? "", "base64url").toString());
    expect(payload.withdrawn.at(-1)).toMatchObject({ iss: "sample-bank", id: given.authorisation.jti });
    expect(payload.next).toBe(payload.last);
    expect((await page("?after=x")).status).toBe(400);
  });

  it("leave a node that has not heard of them for too long without any authorisation that counts", async () => {
    const deaf = await prepareAgent(
      { node: "sz-baoan", role: "district", jurisdiction: "440306" },
      {},
      { withdrawalsStaleSeconds: 1, withdrawalsRefreshSeconds: 1 },
    );
    const lonely = await deaf.start([bank.member, gateway.city.member, deaf.party.member], {
      origin: "http://127.0.0.1:9",
    });
    try {
      const given = await authorise(bank);
      const ask = (change: object) =>
        askDirectly(gateway.city, deaf, { requester: "sample-bank", ...change });
      expect(await ask({ purpose: "bank-loan-review", authorisation: given.carried })).toMatchObject({
        status: "refused",
        refusal: { code: "authorisation.standing-unknown", rule: "authorisation-given" },
      });
      const needless = await ask({ purpose: "bid-review" });
      expect(needless.refusal?.code, "what needs none is not touched by it").toBe("source.item-not-held");
      expect(lonely.lines.join("")).toContain('"event":"withdrawals-fault"');
    } finally {
      await lonely.close();
    }
  });
});
