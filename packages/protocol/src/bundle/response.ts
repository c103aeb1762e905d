import {
  type KeptAnswers,
  type KeptRequest,
  type KeptResponse,
  keepResponse,
  keptBody,
  keptHead,
} from "../evidence/index.ts";
import type { NodeId } from "../identity/index.ts";
import type { LogEntry } from "../log/index.ts";
import type { Directory } from "../registry/index.ts";
import { fieldReader, responseComponents, signatureTimes, verifyResponse } from "../signing/index.ts";
import type { Findings } from "./finding.ts";
import type { ProvedEntry } from "./read-entries.ts";

export interface Replied {
  readonly city: NodeId;
  readonly directory: Directory;
  /** What it answers; without it a response cannot be verified. */
  readonly request: KeptRequest | undefined;
}

/** A reply is signed within seconds of the entry whose place stands in it. */
const longestSeconds = 60;

/** The signed response beside an entry: that the city said this, to this request. */
export function checkResponse(
  { index, entry, bundled }: ProvedEntry,
  { city, directory, request }: Replied,
  findings: Findings,
): void {
  const { response, kept } = bundled;
  if (response === undefined) {
    findings.missing(`条目 ${index} 的签名回复未出示`, `entry ${index}: the signed response is not shown`);
    return;
  }
  if (request === undefined) {
    findings.wrong(
      `条目 ${index} 的回复缺少其所答的请求，无从核验`,
      `entry ${index}: the response cannot be verified without the request it answers`,
    );
  } else if (isReply(response, { city, directory, request }, { entry, answers: kept?.answers ?? [] })) {
    findings.proved(
      `条目 ${index} 的回复由 ${city} 签名（状态 ${response.status}）`,
      `entry ${index}: the response was signed by ${city} (status ${response.status})`,
    );
  } else {
    findings.wrong(
      `条目 ${index} 的回复签名不成立`,
      `entry ${index}: the response's signature does not hold`,
    );
  }
}

function isReply(
  response: KeptResponse,
  { city, directory, request }: Replied & { readonly request: KeptRequest },
  { entry, answers }: { readonly entry: LogEntry; readonly answers: KeptAnswers },
): boolean {
  const { status, headers } = response;
  const field = fieldReader(headers);
  const times = signatureTimes(field, responseComponents);
  const text = keptBody(response, answers);
  if (text === undefined || times === undefined || entry.actor === null) return false;
  const late = Math.abs(times.created - Date.parse(entry.at) / 1000);
  const verified = verifyResponse({ status, field, request: keptHead(request) }, Buffer.from(text), {
    key: directory.key,
    self: entry.actor,
    now: times.created * 1000,
  });
  const same = JSON.stringify(keepResponse({ status, headers, text }, answers)) === JSON.stringify(response);
  return (
    verified.ok &&
    verified.value.from.member.node === city &&
    same &&
    onlySigned(headers) &&
    late <= longestSeconds
  );
}

/** Fields that nobody signed would be checked by nobody. */
function onlySigned(headers: Readonly<Record<string, string>>): boolean {
  const signed = ["content-type", "content-digest", "signature-input", "signature"];
  return Object.keys(headers).join() === signed.join();
}
