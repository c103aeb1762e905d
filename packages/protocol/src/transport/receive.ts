import { z } from "zod";
import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { type Checking, type RequestHead, type Verified, verifyRequest } from "../signing/index.ts";
import { type BodyStream, readBody } from "./read-body.ts";

const uuid = z.uuid();

export interface Incoming {
  readonly head: RequestHead;
  readonly stream: BodyStream;
}

export interface Received {
  readonly head: RequestHead;
  readonly body: Uint8Array;
  readonly verified: Verified;
}

/**
 * Takes a signed JSON request in: form, then bytes, then signature over those very bytes
 * (PR-EXCHANGE §3.2). Parsing of the body comes after, by the caller.
 */
export async function receive(
  { head, stream }: Incoming,
  limits: { readonly maxBodyBytes: number; readonly bodyTimeout: AbortSignal },
  checking: () => Checking,
): Promise<Result<Received, Fault>> {
  const form = checkForm(head);
  if (!form.ok) return form;
  const body = await readBody(stream, head.field("content-length"), limits.maxBodyBytes, limits.bodyTimeout);
  if (!body.ok) return body;
  const verified = verifyRequest(head, body.value, checking());
  if (!verified.ok) return verified;
  return ok({ head, body: body.value, verified: verified.value });
}

function checkForm(head: RequestHead): Result<void, Fault> {
  if (head.targetUri.includes("?")) return err(fault("request.query-not-allowed"));
  if (head.field("content-type") !== "application/json") return err(fault("request.media-type"));
  // A body compressed on the way is not the body that was signed.
  if (head.field("content-encoding") !== undefined) return err(fault("request.encoding"));
  const requestId = head.field("x-request-id");
  return uuid.safeParse(requestId).success ? ok(undefined) : err(fault("request.id-invalid"));
}
