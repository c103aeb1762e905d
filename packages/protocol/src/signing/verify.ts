import { clockToleranceSeconds } from "../clock/index.ts";
import type { NodeId } from "../identity/index.ts";
import { isValidAt } from "../keys/index.ts";
import { type Code, type Fault, fault } from "../problem/index.ts";
import type { KnownKey } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { signatureBase } from "./base.ts";
import { checkContentDigest } from "./digest.ts";
import type { RequestHead, ResponseHead } from "./message.ts";
import { requestComponents, responseComponents } from "./profile.ts";
import { type ParsedSignature, parseSignature } from "./signature-input.ts";

export interface Checking {
  /** Key by thumbprint; `undefined` when no member has it. */
  readonly key: (keyId: string, claimed?: string) => KnownKey | undefined;
  /** Our own node id: the only recipient of a request, the only one whose requests a response may answer. */
  readonly self: NodeId;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A message whose bytes are its sender's. */
export interface Verified {
  readonly from: KnownKey;
  readonly requestId: string;
  readonly keyId: string;
  readonly nonce: string;
  /** When the sender signed it, by its own clock: milliseconds since 1970. */
  readonly signedAt: number;
  /** Milliseconds since 1970 until which the nonce must be remembered, by whichever replica's clock. */
  readonly nonceExpiresAt: number;
}

/**
 * Verifies a request over the bytes received (PR-EXCHANGE §3.2). Cheap checks come first and each
 * has its own code. The caller still has to spend the nonce.
 */
export function verifyRequest(
  request: RequestHead,
  body: Uint8Array,
  checking: Checking,
): Result<Verified, Fault> {
  const parsed = parseSignature(request.field, requestComponents);
  if (!parsed.ok) return parsed;
  const parties = partiesOf(request);
  if (!parties.ok) return parties;
  if (parties.value.to !== checking.self) return err(fault("signature.recipient-mismatch"));
  const from = checkKey(parsed.value, parties.value.from, checking);
  if (!from.ok) return from;
  const checked = checkMessage(parsed.value, from.value, request, body, checking.now);
  if (!checked.ok) return checked;
  return ok(verified(parsed.value, from.value, request));
}

/**
 * Verifies a response by the recipient of our own request (PR-EXCHANGE §3.4). `request` is what we
 * sent, so a response to another request cannot verify.
 */
export function verifyResponse(
  response: ResponseHead,
  body: Uint8Array,
  checking: Checking,
): Result<Verified, Fault> {
  const parsed = parseSignature(response.field, responseComponents);
  if (!parsed.ok) return parsed;
  const parties = partiesOf(response.request);
  if (!parties.ok) return parties;
  if (parties.value.from !== checking.self) return err(fault("signature.recipient-mismatch"));
  const from = checkKey(parsed.value, parties.value.to, checking);
  if (!from.ok) return from;
  const checked = checkMessage(parsed.value, from.value, response, body, checking.now);
  if (!checked.ok) return checked;
  return ok(verified(parsed.value, from.value, response.request));
}

/** Who sent a request and to whom: both signed, so neither may be left out. */
function partiesOf(request: RequestHead): Result<{ readonly from: string; readonly to: string }, Fault> {
  const [from, to] = [request.field("xinqiao-from"), request.field("xinqiao-to")];
  const absent = (component: string) => err(fault("signature.component-absent", undefined, { component }));
  if (from === undefined) return absent("xinqiao-from");
  if (to === undefined) return absent("xinqiao-to");
  return ok({ from, to });
}

function verified(signature: ParsedSignature, from: KnownKey, request: RequestHead): Verified {
  return {
    from,
    requestId: request.field("x-request-id") ?? "",
    keyId: signature.keyId,
    nonce: signature.nonce,
    signedAt: signature.created * 1000,
    nonceExpiresAt: (signature.expires + 1 + clockToleranceSeconds) * 1000,
  };
}

function checkKey(signature: ParsedSignature, sender: string, checking: Checking): Result<KnownKey, Fault> {
  const known = checking.key(signature.keyId, sender);
  if (known === undefined) return err(fault("signature.key-unknown"));
  if (known.member.node !== sender) return err(fault("signature.key-of-another-member"));
  const validity = checkValidity(known, checking.now);
  if (validity !== undefined) return err(fault(validity));
  const { httpAlgorithm } = known.verifier.suite;
  if (signature.algorithm !== undefined && signature.algorithm !== httpAlgorithm) {
    const expected = httpAlgorithm ?? "no alg";
    return err(fault("signature.algorithm-mismatch", undefined, { expected }));
  }
  return ok(known);
}

/** Each has its own remedy: wait, renew, or sign with the key that took its place. */
function checkValidity({ notBefore, notAfter, member }: KnownKey, now: number): Code | undefined {
  if (now < notBefore) return "signature.key-not-yet-valid";
  if (now < notAfter) return undefined;
  const replaced = member.keys.some((key) => isValidAt(key, now));
  return replaced ? "signature.key-rotated-away" : "signature.key-expired";
}

/** Names the clock difference: positive when the sender's clock is ahead of ours. */
function checkTime({ created, expires }: ParsedSignature, now: number): Result<void, Fault> {
  const seconds = Math.floor(now / 1000);
  const skewSeconds = created - seconds;
  if (skewSeconds > clockToleranceSeconds) {
    const detail = `the sender's clock is ${skewSeconds} s ahead of this node's`;
    return err(fault("signature.created-in-future", detail, { skewSeconds }));
  }
  if (seconds > expires) {
    const detail = `created ${-skewSeconds} s ago by this node's clock: delayed, or the sender's clock is behind`;
    return err(fault("signature.expired", detail, { skewSeconds }));
  }
  return ok(undefined);
}

function checkMessage(
  signature: ParsedSignature,
  from: KnownKey,
  message: RequestHead | ResponseHead,
  body: Uint8Array,
  now: number,
): Result<void, Fault> {
  const time = checkTime(signature, now);
  if (!time.ok) return time;
  const digest = checkContentDigest(message.field("content-digest"), body);
  if (!digest.ok) return digest;
  const result = signatureBase(signature.components, signature.parameters, message);
  if ("absent" in result) {
    return err(fault("signature.component-absent", undefined, { component: result.absent }));
  }
  return from.verifier.verify(Buffer.from(result.base), signature.signature)
    ? ok(undefined)
    : err(fault("signature.invalid"));
}
