import { type NodeId, nodeIdSchema } from "../identity/index.ts";
import type { Fault } from "../problem/index.ts";
import type { Result } from "../result/index.ts";
import {
  fieldReader,
  type RequestHead,
  type Sealing,
  signRequest,
  signResponse,
  type Verified,
  verifyRequest,
  verifyResponse,
} from "../signing/index.ts";
import { testFederation } from "./vectors.ts";

const { directory, signer } = testFederation();

/** One a suite at least: `sz` and `sz-baoan` have Ed25519 keys, `dg` one of P-256, `hz` one of SM2. */
export const testNodes = ["sz", "sz-baoan", "dg", "hz"] as const;
export type TestNode = (typeof testNodes)[number];

/** 2026-01-01T00:00:00Z, when the test messages are signed and read. */
export const testNow = 1_767_225_600_000;
export const testNonce = "AAECAwQFBgcICQoLDA0ODw";
export const testRequestId = "7f8d2c1e-5b0a-4c3d-9e6f-0a1b2c3d4e5f";

export interface SentRequest {
  readonly method: string;
  readonly targetUri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface SentResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export const testNode = (name: TestNode): NodeId => nodeIdSchema.parse(name);

export function headOf({ method, targetUri, headers }: SentRequest): RequestHead {
  return { method, targetUri, field: fieldReader(headers) };
}

export interface Sending {
  readonly from: TestNode;
  readonly to: TestNode;
  readonly requestId?: string;
  readonly body?: Uint8Array;
  readonly sealing?: Partial<Sealing>;
}

/** A request as one test node sends it to another. */
export async function sendRequest(sending: Sending): Promise<SentRequest> {
  const { from, to, requestId = testRequestId, body = Buffer.from("{}"), sealing } = sending;
  const request = { method: "POST", targetUri: `https://${to}.example/v1/lookups`, body };
  const headers = await signRequest(
    { ...request, contentType: "application/json", requestId, from: testNode(from), to: testNode(to) },
    { signer: signer(from), now: testNow, nonce: testNonce, ...sealing },
  );
  return { ...request, headers };
}

export function receiveRequest(sent: SentRequest, self: TestNode): Result<Verified, Fault> {
  return verifyRequest(headOf(sent), sent.body, { key: directory.key, self: testNode(self), now: testNow });
}

/** A response to it by the node `by`. */
export async function sendResponse(
  request: SentRequest,
  by: TestNode,
  { status = 200, body = Buffer.from("{}") }: { readonly status?: number; readonly body?: Uint8Array } = {},
): Promise<SentResponse> {
  const headers = await signResponse(
    { status, body, contentType: "application/json", request: headOf(request) },
    { signer: signer(by), now: testNow, nonce: testNonce },
  );
  return { status, headers, body };
}

export function receiveResponse(
  { status, headers, body }: SentResponse,
  request: SentRequest,
  self: TestNode,
): Result<Verified, Fault> {
  const head = { status, field: fieldReader(headers), request: headOf(request) };
  return verifyResponse(head, body, { key: directory.key, self: testNode(self), now: testNow });
}
