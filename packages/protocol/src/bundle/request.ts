import { clockToleranceSeconds } from "../clock/index.ts";
import { type KeptRequest, keepRequest, keptHead } from "../evidence/index.ts";
import { lookupSchema, questionSchema } from "../exchange/index.ts";
import { type NodeId, subjectText } from "../identity/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import type { Directory } from "../registry/index.ts";
import type { Result } from "../result/index.ts";
import { err } from "../result/index.ts";
import { requestComponents, signatureTimes, type Verified, verifyRequest } from "../signing/index.ts";
import type { Findings } from "./finding.ts";
import type { Opened } from "./openings.ts";
import type { ProvedEntry } from "./read-entries.ts";

/** The signed request beside an entry: whose it is, and that it asked for what the entry says. */
export function checkRequest(
  { index, entry, bundled }: ProvedEntry,
  opened: Opened,
  { city, directory }: { readonly city: NodeId; readonly directory: Directory },
  findings: Findings,
): KeptRequest | undefined {
  const request = bundled.kept?.request;
  if (request === undefined) {
    findings.missing(`条目 ${index} 的签名请求未出示`, `entry ${index}: the signed request is not shown`);
    return undefined;
  }
  const verified = verifyKept(request, Date.parse(entry.at), city, directory);
  if (!verified.ok) {
    findings.wrong(
      `条目 ${index} 的请求签名不成立（${verified.error.code}）`,
      `entry ${index}: the request's signature does not hold (${verified.error.code})`,
    );
    return undefined;
  }
  const { node } = verified.value.from.member;
  if (node !== entry.actor || verified.value.requestId !== entry.exchange || !says(request, entry, opened)) {
    findings.wrong(`条目 ${index} 与其请求不一致`, `entry ${index} is not about this request`);
    return undefined;
  }
  findings.proved(
    `条目 ${index} 的请求由 ${node} 以当时清单所列密钥签名`,
    `entry ${index}: the request was signed by ${node} with a key then listed`,
  );
  return request;
}

/** Verified as of the time it was signed, which must be that of the entry, give or take a signature's life. */
function verifyKept(
  request: KeptRequest,
  at: number,
  self: NodeId,
  { key }: Directory,
): Result<Verified, Fault> {
  const head = keptHead(request);
  const times = signatureTimes(head.field, requestComponents);
  if (times === undefined) return err(fault("signature.malformed"));
  const seconds = at / 1000;
  const { created, expires } = times;
  if (seconds < created - clockToleranceSeconds || seconds > expires + clockToleranceSeconds) {
    return err(fault("signature.expired"));
  }
  const now = Math.min(Math.max(seconds, created), expires) * 1000;
  const body = Buffer.from(request.body);
  const verified = verifyRequest(head, body, { key, self, now });
  if (!verified.ok) return verified;
  // Kept whole and in its one form: what stands beside what is signed would be checked by nobody.
  const same = JSON.stringify(keepRequest(head, body)) === JSON.stringify(request);
  return same ? verified : err(fault("signature.malformed"));
}

/** The entry repeats the request: purpose, asker, and whom it is about where that is opened. */
function says({ body }: KeptRequest, entry: ProvedEntry["entry"], opened: Opened): boolean {
  if (entry.kind !== "lookup.intent" && entry.kind !== "lookup.refused") return true;
  const json: unknown = JSON.parse(body);
  const question = questionSchema.safeParse(json).data;
  const asked = question ?? lookupSchema.safeParse(json).data;
  if (asked === undefined) return false;
  const subject = opened.get("subject");
  return (
    (entry.purpose === null || entry.purpose === asked.purpose) &&
    (subject === undefined || subject === subjectText(asked.subject)) &&
    question?.requester === entry.requester
  );
}
