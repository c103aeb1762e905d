import { connect } from "node:net";
import type { LogEntry } from "@xinqiao/protocol/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createParty,
  prepare,
  readLog,
  sampleLookup,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

/** What no HTTP client would send: written byte by byte. */
describe("a request that is broken below HTTP's bodies", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = await startGateway([asker], { limits: { bodyTimeoutMs: 400 } });
  });

  afterEach(async () => {
    await gateway.close();
  });

  const refusals = async (): Promise<readonly LogEntry[]> =>
    (await readLog(gateway)).filter(({ kind }) => kind === "request.refused");

  it("a body that does not arrive: request.body-timeout", async () => {
    const { headers, body } = await prepare(asker, gateway, sampleLookup());
    const reply = await speak([
      "POST /v1/lookups HTTP/1.1",
      `host: ${new URL(gateway.origin).host}`,
      `content-length: ${body.length}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "",
      body.toString().slice(0, 10),
    ]);
    expect(reply).toContain("408");
    expect(reply).toContain("request.body-timeout");
    expect(await refusals()).toMatchObject([
      { code: "request.body-timeout", exchange: headers["x-request-id"] },
    ]);
  });

  it("oversized headers: request.headers-too-large", async () => {
    const reply = await speak(["POST /v1/lookups HTTP/1.1", `x-padding: ${"x".repeat(20_000)}`, "", ""]);
    expect(reply).toContain("431");
    expect(reply).toContain("request.headers-too-large");
    await expect
      .poll(refusals, { timeout: 10_000 })
      .toMatchObject([{ code: "request.headers-too-large", exchange: null }]);
  });

  it("bytes that are not HTTP: request.malformed", async () => {
    expect(await speak(["this is not HTTP", "", ""])).toContain("request.malformed");
    await expect
      .poll(refusals, { timeout: 10_000 })
      .toMatchObject([{ code: "request.malformed", exchange: null }]);
  });

  /** Speaks raw bytes and waits for the other side to hang up. */
  function speak(lines: readonly string[]): Promise<string> {
    const { hostname, port } = new URL(gateway.origin);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(lines.join("\r\n")));
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk.toString();
      });
      socket.on("end", () => {
        socket.destroy();
        resolve(text);
      });
      socket.on("error", reject);
    });
  }
});
