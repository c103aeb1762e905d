import { createSecureServer } from "node:http2";
import { createSecureContext } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { loopbackCertificate, loopbackKey } from "./testing/certificate.ts";
import { answering, closedOrigin, hanging, listen, startNode, startSilent } from "./testing/node.ts";
import { createWire, type Wire, type WireSettings } from "./wire.ts";

const settings: WireSettings = {
  connections: 4,
  connectTimeoutMs: 5_000,
  attemptTimeoutMs: 5_000,
  maxAnswerBytes: 1_000,
};
const never = new AbortController().signal;

/** Bounds the wait for what happens at once, on a machine however busy. */
const soon = { timeout: 10_000 };

function wireTo(origin: string, over: Partial<WireSettings> = {}): Wire {
  const wire = createWire(origin, { ...settings, ...over });
  onTestFinished(() => wire.close());
  return wire;
}

const post = (origin: string, path = "/v1/answers") => ({
  url: new URL(path, origin),
  method: "POST" as const,
  headers: { "content-type": "application/json" },
  body: Buffer.from("{}"),
});

describe("createWire", () => {
  it("sends method, path, query, fields and bytes as given, and brings back the raw reply", async () => {
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    await using node = await startNode(async (request, response) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk);
      response.writeHead(418, {
        "X-Seen": `${request.method} ${request.url} ${request.headers["content-type"]}`,
      });
      response.end(Buffer.concat(chunks));
    });
    const wire = wireTo(node.origin);
    const reply = await wire.send({ ...post(node.origin, "/v1/answers?a=1"), body }, never);
    if (!reply.ok) throw new Error(reply.error.code);
    expect(reply.value.status).toBe(418);
    expect(reply.value.headers["x-seen"]).toBe("POST /v1/answers?a=1 application/json");
    expect([...reply.value.body]).toEqual([...body]);
  });

  it("keeps a connection for the next request", async () => {
    await using node = await startNode(answering(200));
    const wire = wireTo(node.origin);
    for (let time = 0; time < 5; time += 1) await wire.send(post(node.origin), never);
    // The pool may open a second one in the moment before the first counts as free.
    expect(node.requests).toBe(5);
    expect(node.connections).toBeLessThanOrEqual(2);
  });

  it("never opens more connections than it may, nor shares one between two calls under way", async () => {
    await using node = await startNode(hanging);
    const wire = wireTo(node.origin, { connections: 2 });
    const stop = new AbortController();
    const calls = Array.from({ length: 6 }, () => wire.send(post(node.origin), stop.signal));
    await expect.poll(() => node.requests, soon).toBe(2);
    expect(node.connections).toBe(2);
    stop.abort();
    await Promise.all(calls);
    expect(node.requests).toBe(2);
  });

  it("names a closed port: the node is unreachable, and why", async () => {
    const origin = await closedOrigin();
    expect(await wireTo(origin).send(post(origin), never)).toEqual({
      ok: false,
      error: { kind: "failure", code: "node.unreachable", facts: { reason: "ECONNREFUSED" } },
    });
  });

  it("gives up a connection that is not made in time", async () => {
    await using silent = await startSilent();
    const wire = wireTo(silent.origin, { connectTimeoutMs: 50 });
    expect(await wire.send(post(silent.origin), never)).toMatchObject({
      error: { kind: "failure", code: "node.unreachable", facts: { reason: "UND_ERR_CONNECT_TIMEOUT" } },
    });
  });

  it("calls a connection dropped in mid-answer unreachable", async () => {
    await using node = await startNode((_request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("half", () => response.destroy());
    });
    expect(await wireTo(node.origin).send(post(node.origin), never)).toMatchObject({
      error: { kind: "failure", code: "node.unreachable" },
    });
  });

  it("calls bytes that are not HTTP unreachable", async () => {
    await using node = await startNode((request) => request.socket.end("220 mail.example ESMTP\r\n"));
    expect(await wireTo(node.origin).send(post(node.origin), never)).toMatchObject({
      error: { kind: "failure", code: "node.unreachable", facts: { reason: "HTTPParserError" } },
    });
  });

  it.each([
    ["headers", hanging],
    ["a body", undefined],
  ])("has a timeout of its own for %s that never end", async (_what, listener) => {
    await using node = await startNode(
      listener ?? ((_request, response) => response.writeHead(200).write("begun")),
    );
    const wire = wireTo(node.origin, { attemptTimeoutMs: 100 });
    expect(await wire.send(post(node.origin), never)).toMatchObject({
      error: { kind: "failure", code: "node.timeout" },
    });
  });

  it("stops an answer that grows past the limit while it still comes", async () => {
    await using node = await startNode((_request, response) => {
      // Without a content-length, and without an end.
      const more = () => response.write(Buffer.alloc(400), (error) => error ?? setImmediate(more));
      more();
    });
    expect(await wireTo(node.origin).send(post(node.origin), never)).toMatchObject({
      error: { kind: "failure", code: "answer.too-large" },
    });
    await expect.poll(() => node.connected, soon).toBe(0);
  });

  it("takes an answer of exactly the limit", async () => {
    await using node = await startNode(answering(200, Buffer.alloc(1_000)));
    expect(await wireTo(node.origin).send(post(node.origin), never)).toMatchObject({ ok: true });
    node.answer = answering(200, Buffer.alloc(1_001));
    expect(await wireTo(node.origin).send(post(node.origin), never)).toMatchObject({
      error: { code: "answer.too-large" },
    });
  });

  it("drops the connection when aborted, whatever the reason", async () => {
    await using node = await startNode(hanging);
    const wire = wireTo(node.origin);
    const stop = new AbortController();
    const sending = wire.send(post(node.origin), stop.signal);
    await expect.poll(() => node.requests, soon).toBe(1);
    stop.abort(new TypeError("not an error of the network"));
    expect(await sending).toMatchObject({ error: { kind: "neutral", code: "node.cancelled" } });
    await expect.poll(() => node.connected, soon).toBe(0);
  });

  it("throws on a mistake of ours instead of blaming the node", async () => {
    await using node = await startNode(answering(200));
    const wire = wireTo(node.origin);
    await expect(wire.send(post("http://127.0.0.1:1"), never)).rejects.toThrow(RangeError);
    const bad = { ...post(node.origin), headers: { "x-bad": "line\r\nbreak" } };
    await expect(wire.send(bad, never)).rejects.toThrow();
    expect(node.requests).toBe(0);
  });
});

describe("createWire over https", () => {
  it("refuses a certificate it does not trust before anything is sent", async () => {
    await using node = await startNode(answering(200), true);
    expect(await wireTo(node.origin).send(post(node.origin), never)).toMatchObject({
      error: { kind: "failure", code: "node.unreachable", facts: { reason: "DEPTH_ZERO_SELF_SIGNED_CERT" } },
    });
    expect(node.requests).toBe(0);
  });

  it("refuses a trusted certificate for another host", async () => {
    await using node = await startNode(answering(200), true);
    const origin = node.origin.replace("127.0.0.1", "localhost");
    const wire = wireTo(origin, { secureContext: createSecureContext({ ca: loopbackCertificate }) });
    expect(await wire.send(post(origin), never)).toMatchObject({
      error: { kind: "failure", code: "node.unreachable", facts: { reason: "ERR_TLS_CERT_ALTNAME_INVALID" } },
    });
  });

  it("speaks HTTP/1.1 to a server that would rather speak HTTP/2: one call, one connection", async () => {
    const identity = { cert: loopbackCertificate, key: loopbackKey };
    const server = createSecureServer({ ...identity, allowHTTP1: true }, (request, response) => {
      response.end(request.httpVersion);
    });
    onTestFinished(() => void server.close());
    const origin = `https://127.0.0.1:${await listen(server)}`;
    const wire = wireTo(origin, { secureContext: createSecureContext({ ca: loopbackCertificate }) });
    expect(await wire.send(post(origin), never)).toMatchObject({
      value: { body: new TextEncoder().encode("1.1") },
    });
  });
});
