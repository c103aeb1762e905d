import { randomUUID } from "node:crypto";
import { type Answer, answerSchema } from "@xinqiao/protocol/exchange";
import { signRequest } from "@xinqiao/protocol/signing";
import { request } from "undici";
import type { PreparedAgent } from "./agent.ts";
import type { Party } from "./party.ts";
import { sampleUscc } from "./signed-client.ts";

/** Asks an agent as its city's gateway does, past the gateway: what it says, unchecked. */
export async function askDirectly(
  city: Party,
  agent: Pick<PreparedAgent, "origin" | "party">,
  change: object = {},
): Promise<Answer> {
  const question = {
    exchange: randomUUID(),
    subject: { kind: "enterprise", scheme: "uscc", id: sampleUscc },
    items: ["penalty"],
    jurisdiction: agent.party.member.jurisdiction,
    remainingMs: 2_000,
    ...change,
  };
  const body = Buffer.from(JSON.stringify(question));
  const targetUri = `${agent.origin}/v1/answers`;
  const headers = await signRequest(
    {
      method: "POST",
      targetUri,
      body,
      contentType: "application/json",
      requestId: question.exchange,
      from: city.member.node,
      to: agent.party.member.node,
    },
    { signer: city.signer, now: Date.now(), nonce: randomUUID().replaceAll("-", "") },
  );
  const reply = await request(targetUri, { method: "POST", headers, body });
  const [, payload = ""] = (await reply.body.text()).split(".");
  return answerSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
}

/** When an agent last knew every withdrawal, seconds since 1970; 0 before it did. */
export async function withdrawalsHeard({ localOrigin }: Pick<PreparedAgent, "localOrigin">): Promise<number> {
  const metrics = await request(`${localOrigin}/metrics`);
  const [, at = "0"] = /withdrawals_heard_seconds (\d+)/.exec(await metrics.body.text()) ?? [];
  return Number(at);
}
