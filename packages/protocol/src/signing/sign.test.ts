import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  receiveRequest,
  receiveResponse,
  sendRequest,
  sendResponse,
  testFederation,
  testNodes,
  testNonce,
} from "../testing/index.ts";

const node = fc.constantFrom(...testNodes);
const body = fc.uint8Array({ maxLength: 400 });

describe("signRequest", () => {
  it("is accepted by the recipient it names, for every body and request id", async () => {
    await fc.assert(
      fc.asyncProperty(node, node, fc.uuid(), body, async (from, to, requestId, bytes) => {
        const sent = await sendRequest({ from, to, requestId, body: bytes });
        expect(receiveRequest(sent, to)).toMatchObject({
          ok: true,
          value: { from: { member: { node: from } }, requestId, nonce: testNonce },
        });
      }),
    );
  });

  it("is refused by a node it does not name", async () => {
    const sent = await sendRequest({ from: "sz-baoan", to: "sz" });
    expect(receiveRequest(sent, "dg")).toMatchObject({ error: { code: "signature.recipient-mismatch" } });
  });

  it("takes signers that answer later, as an HSM does", async () => {
    const { sign, ...key } = testFederation().signer("sz-baoan");
    const remote = { ...key, sign: async (message: Uint8Array) => sign(message) };
    const sent = await sendRequest({ from: "sz-baoan", to: "sz", sealing: { signer: remote } });
    expect(receiveRequest(sent, "sz").ok).toBe(true);
  });

  it.each([
    ["a nonce of 21 characters", { nonce: "A".repeat(21) }],
    ["a nonce that would end its quotes", { nonce: `${testNonce}";tag="other` }],
    ["a lifetime over 300 s", { lifetime: 301 }],
    ["a lifetime of nothing", { lifetime: 0 }],
    ["a lifetime that is no number", { lifetime: Number.NaN }],
  ])("throws at %s, which every verifier refuses", async (_, sealing) => {
    await expect(sendRequest({ from: "dg", to: "sz", sealing })).rejects.toThrow("cannot sign");
  });

  it("throws at a value that would forge a line of the signature base", async () => {
    const sending = sendRequest({ from: "dg", to: "sz", requestId: '1\n"xinqiao-to": dg' });
    await expect(sending).rejects.toThrow("x-request-id");
  });
});

describe("signResponse", () => {
  it("is accepted by the one who asked, for every body and status", async () => {
    const status = fc.integer({ min: 200, max: 599 });
    await fc.assert(
      fc.asyncProperty(node, node, body, status, async (from, to, bytes, code) => {
        const request = await sendRequest({ from, to });
        const response = await sendResponse(request, to, { status: code, body: bytes });
        expect(receiveResponse(response, request, from)).toMatchObject({ ok: true });
      }),
    );
  });

  it("verifies for no other request", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.uuid(), async (one, other) => {
        fc.pre(one !== other);
        const asked = await sendRequest({ from: "sz-baoan", to: "sz", requestId: one });
        const another = await sendRequest({ from: "sz-baoan", to: "sz", requestId: other });
        const response = await sendResponse(asked, "sz");
        expect(receiveResponse(response, another, "sz-baoan")).toMatchObject({
          error: { code: "signature.invalid" },
        });
      }),
    );
  });
});
