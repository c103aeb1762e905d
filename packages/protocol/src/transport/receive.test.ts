import { describe, expect, it } from "vitest";
import { fieldReader } from "../signing/index.ts";
import {
  type SentRequest,
  sendRequest,
  testFederation,
  testNode,
  testNow,
  testRequestId,
} from "../testing/index.ts";
import { receive } from "./index.ts";

const { directory } = testFederation();

/** A body that tells whether anybody read it. */
function streamOf(...chunks: readonly Uint8Array[]) {
  const watched = { read: false };
  async function* stream() {
    watched.read = true;
    yield* chunks;
  }
  return { stream: stream(), watched };
}

async function take(sent: SentRequest, headers: Readonly<Record<string, string>> = {}, chunks = [sent.body]) {
  const { stream, watched } = streamOf(...chunks);
  const head = {
    method: sent.method,
    targetUri: sent.targetUri,
    field: fieldReader({ ...sent.headers, ...headers }),
  };
  const limits = { maxBodyBytes: 64, bodyTimeout: new AbortController().signal };
  const checking = () => ({ key: directory.key, self: testNode("sz"), now: testNow });
  return { result: await receive({ head, stream }, limits, checking), ...watched };
}

const district = { from: "sz-baoan", to: "sz" } as const;

describe("receive", () => {
  it("takes a signed request in, however its bytes arrive", async () => {
    const sent = await sendRequest({ ...district, body: Buffer.from('{"a":"信桥"}') });
    const { result } = await take(
      sent,
      {},
      [...sent.body].map((byte) => Uint8Array.of(byte)),
    );
    expect(result).toMatchObject({
      ok: true,
      value: { body: sent.body, verified: { requestId: testRequestId } },
    });
  });

  it.each([
    ["request.media-type", { "content-type": "text/plain" }],
    ["request.media-type", { "content-type": "application/json; charset=utf-8" }],
    ["request.encoding", { "content-encoding": "gzip" }],
    ["request.id-invalid", { "x-request-id": "1" }],
  ])("checks the form before it reads a byte: %s", async (code, headers) => {
    const { result, read } = await take(await sendRequest(district), headers);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(read).toBe(false);
  });

  it("refuses a query string before it reads a byte", async () => {
    const sent = await sendRequest(district);
    const { result, read } = await take({ ...sent, targetUri: `${sent.targetUri}?name=x` });
    expect(result).toMatchObject({ error: { code: "request.query-not-allowed" } });
    expect(read).toBe(false);
  });

  it("refuses a body that says it is too large before it reads a byte", async () => {
    const { result, read } = await take(await sendRequest(district), { "content-length": "65" });
    expect(result).toMatchObject({ error: { code: "request.body-too-large", facts: { maxBytes: 64 } } });
    expect(read).toBe(false);
  });

  it("stops at the limit when the body does not say, and before the signature", async () => {
    const sent = await sendRequest(district);
    const unsigned = { signature: "xinqiao=:AAAA:" };
    const { result } = await take(
      sent,
      unsigned,
      Array.from({ length: 9 }, () => Buffer.alloc(8)),
    );
    expect(result).toMatchObject({ error: { code: "request.body-too-large" } });
  });

  it("verifies before anything is parsed: bytes that are not JSON are the sender's all the same", async () => {
    const { result } = await take(await sendRequest({ ...district, body: Buffer.from("{") }));
    expect(result).toMatchObject({ ok: true });
    const changed = await take(await sendRequest(district), {}, [Buffer.from("{")]);
    expect(changed.result).toMatchObject({ error: { code: "digest.mismatch" } });
  });
});
