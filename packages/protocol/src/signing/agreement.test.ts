import {
  component,
  createSignature,
  type RequestDescriptor,
  type ResponseDescriptor,
  verifySignature,
} from "http-message-sig";
import { describe, expect, it } from "vitest";
import type { Signer } from "../keys/index.ts";
import {
  receiveRequest,
  receiveResponse,
  type SentRequest,
  type SentResponse,
  sendRequest,
  sendResponse,
  type TestNode,
  testFederation,
  testNodes,
  testNonce,
  testNow,
} from "../testing/index.ts";
import { requestComponents, responseComponents } from "./index.ts";

const { directory, signer } = testFederation();
const created = testNow / 1000;
const theirs = (components: typeof requestComponents) =>
  components.map(({ name, req }) => component(name, req ? { req: true } : {}));

const fieldsOf = (headers: SentRequest["headers"]) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));
const requestOf = ({ method, targetUri, headers }: SentRequest): RequestDescriptor => ({
  kind: "request",
  method,
  targetUri,
  fields: fieldsOf(headers),
});
const responseOf = ({ status, headers }: SentResponse, request: SentRequest): ResponseDescriptor => ({
  kind: "response",
  status,
  fields: fieldsOf(headers),
  request: requestOf(request),
});

/** The other implementation wants a name for every algorithm; none of these messages carries one. */
const unnamed = "sm2-sm3";
const nameFor = ({ suite }: Pick<Signer, "suite">) => suite.httpAlgorithm ?? unnamed;

/** Another implementation's verdict on one of our messages. It leaves the body to its caller. */
async function theyAccept(message: RequestDescriptor | ResponseDescriptor): Promise<boolean> {
  const components = theirs(message.kind === "request" ? requestComponents : responseComponents);
  const policy = {
    algorithms: ["ed25519", "ecdsa-p256-sha256", unnamed],
    requiredComponents: components,
    requiredParameters: ["created", "expires", "nonce", "keyid", "tag"],
    now: created,
  };
  const resolveVerifier = ({ parameters }: { parameters: { keyid?: string } }) => {
    const known = directory.key(parameters.keyid ?? "");
    if (known === undefined) throw new Error("unknown key");
    return { algorithm: nameFor(known.verifier), verify: known.verifier.verify };
  };
  return verifySignature(message, { policy, resolveVerifier }).then(
    () => true,
    () => false,
  );
}

/** The same message signed by the other implementation. */
async function theySign<M extends SentRequest | SentResponse>(
  message: M,
  descriptor: RequestDescriptor | ResponseDescriptor,
  key: Signer,
): Promise<M> {
  const fields = descriptor.fields.filter(({ name }) => !name.startsWith("signature"));
  const made = await createSignature(
    { ...descriptor, fields },
    {
      label: "theirs",
      components: theirs(descriptor.kind === "request" ? requestComponents : responseComponents),
      parameters: { created, expires: created + 60, nonce: testNonce, keyid: key.keyId, tag: "xinqiao" },
      signer: { algorithm: nameFor(key), sign: (data) => key.sign(data) },
    },
  );
  const headers = { ...message.headers, "signature-input": made.signatureInput, signature: made.signature };
  return { ...message, headers };
}

const pairs = testNodes.flatMap((from) => testNodes.map((to): [TestNode, TestNode] => [from, to]));

describe.each(pairs)("with http-message-sig, %s asking %s", (from, to) => {
  it("reads the request we sign, and we the one it signs", async () => {
    const sent = await sendRequest({ from, to });
    expect(await theyAccept(requestOf(sent))).toBe(true);
    const signedByThem = await theySign(sent, requestOf(sent), signer(from));
    expect(receiveRequest(signedByThem, to).ok).toBe(true);
  });

  it("reads the response we sign, and we the one it signs", async () => {
    const request = await sendRequest({ from, to });
    const response = await sendResponse(request, to);
    expect(await theyAccept(responseOf(response, request))).toBe(true);
    const signedByThem = await theySign(response, responseOf(response, request), signer(to));
    expect(receiveResponse(signedByThem, request, from).ok).toBe(true);
  });
});

describe("with http-message-sig", () => {
  it("refuses the same requests changed on the way", async () => {
    const sent = await sendRequest({ from: "sz-baoan", to: "sz" });
    const changed: SentRequest[] = [
      { ...sent, method: "PUT" },
      { ...sent, targetUri: `${sent.targetUri}?a` },
      ...Object.entries(sent.headers).map(([name, value]) => ({
        ...sent,
        headers: { ...sent.headers, [name]: value.replace(/[0-9a-z]/, "Z") },
      })),
    ];
    for (const message of changed) {
      expect(await theyAccept(requestOf(message))).toBe(false);
      expect(receiveRequest(message, "sz").ok).toBe(false);
    }
  });

  it("refuses the same responses changed on the way", async () => {
    const request = await sendRequest({ from: "dg", to: "sz" });
    const other = await sendRequest({
      from: "dg",
      to: "sz",
      requestId: "00000000-0000-4000-8000-000000000000",
    });
    const response = await sendResponse(request, "sz");
    const changed: [SentResponse, SentRequest][] = [
      [{ ...response, status: 500 }, request],
      [response, other],
      ...Object.entries(response.headers).map(([name, value]): [SentResponse, SentRequest] => [
        { ...response, headers: { ...response.headers, [name]: value.replace(/[0-9a-z]/, "Z") } },
        request,
      ]),
    ];
    for (const [message, answered] of changed) {
      expect(await theyAccept(responseOf(message, answered))).toBe(false);
      expect(receiveResponse(message, answered, "dg").ok).toBe(false);
    }
  });
});
