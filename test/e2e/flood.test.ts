import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { problemSchema } from "@xinqiao/protocol/problem";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type PreparedAgent,
  prepareAgent,
  type RunningAgent,
  sampleLookup,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

describe("a flood of strangers at an agent", () => {
  /** Fewer places to answer in than strangers hold to be read. */
  const [places, reading] = [4, 12];
  let gateway: TestGateway;
  let prepared: PreparedAgent;
  let agent: RunningAgent;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    prepared = await prepareAgent(
      { node: "dg", role: "neighbour-city", jurisdiction: "441900" },
      {},
      { limits: { maxConcurrent: places, maxReading: reading, bodyTimeoutMs: 60_000 } },
    );
    gateway = await startGateway([prepared.party]);
    agent = await prepared.start([gateway.city.member, prepared.party.member], gateway);
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all([agent.close(), gateway.close()]);
  });

  it("that never finish what they send takes no place to answer in", async () => {
    const { hostname, port } = new URL(prepared.origin);
    const head = `POST /v1/answers HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json`;
    const halfSent = () => `${head}\r\nx-request-id: ${randomUUID()}\r\ncontent-length: 100\r\n\r\nx`;
    for (let n = 0; n < reading; n += 1) {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      socket.on("error", () => {});
      socket.write(halfSent());
    }
    // All places for reading are taken once a whole request finds none.
    await expect.poll(() => strangerIsTold(prepared.origin), { timeout: 20_000 }).toBe("limit.concurrency");
    sockets.pop()?.destroy();
    await expect.poll(() => strangerIsTold(prepared.origin), { timeout: 20_000 }).toBe("signature.missing");

    const reply = await agent.ask(sampleLookup({ jurisdictions: ["441900"], deadlineMs: 20_000 }));
    const { results } = openedExchangeSchema.parse(reply.body);
    // Nothing was imported: that it says so, signed, is an answer.
    expect(results).toMatchObject([{ node: "dg", status: "refused", code: "source.item-not-held" }]);
  });
});

async function strangerIsTold(origin: string): Promise<unknown> {
  const reply = await request(`${origin}/v1/answers`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": randomUUID() },
    body: "{}",
  });
  return problemSchema.parse(await reply.body.json()).code;
}
