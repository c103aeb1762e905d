import { answerMediaType, type Expected, openAnswer } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { type Fault, fault, isCode } from "@xinqiao/protocol/problem";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { signRequest } from "@xinqiao/protocol/signing";
import { formatTraceparent, type TraceContext } from "@xinqiao/protocol/trace";
import type { Entropy } from "@xinqiao/runtime/entropy";
import type { AskNode, TargetQuestion, VerifiedAnswer } from "../exchange/index.ts";
import { type UpstreamFault, upstreamFault } from "./fault.ts";
import type { Targets } from "./targets.ts";
import type { AttemptRequest, RawReply } from "./wire.ts";

export interface AskNodeDependencies {
  readonly self: NodeId;
  readonly signer: Signer;
  readonly directory: () => Directory;
  readonly targets: Targets;
  readonly entropy: Entropy;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Puts a question to a node, signed afresh for every attempt, and believes only what the node signed. */
export function createAskNode(deps: AskNodeDependencies): AskNode {
  return async (target, question, { deadline, trace, seat, terms, sealed }) => {
    const peer = deps.directory().peerOf(target.node);
    const endpoint = peer?.origin ?? target.endpoint;
    if (endpoint === undefined) return err(fault("node.unreachable", "the member has no endpoint"));
    const url = new URL("/v1/answers", endpoint);
    const asked = await deps.targets.to({ node: target.node, endpoint: url.origin }).call({
      build: (remainingMs) =>
        signQuestion(url, peer?.city ?? target.node, { ...question, remainingMs }, trace, deps),
      read: (reply) => readAnswer(reply, { node: target.node, question, terms, sealed }, deps),
      deadline,
      seat,
      // The other city asks its node again where that helps; there, one id names one exchange.
      idempotent: peer === undefined,
    });
    if (asked.ok) return ok(asked.value.value);
    return err(peer === undefined ? asked.error : asToldBy(asked.error));
  };
}

async function signQuestion(
  url: URL,
  to: NodeId,
  question: TargetQuestion & { readonly remainingMs: number },
  trace: TraceContext,
  { self, signer, entropy, now }: AskNodeDependencies,
): Promise<AttemptRequest> {
  const body = Buffer.from(JSON.stringify(question));
  const headers = await signRequest(
    {
      method: "POST",
      targetUri: url.href,
      body,
      contentType: "application/json",
      requestId: question.exchange,
      from: self,
      to,
    },
    { signer, now: now(), nonce: entropy.nonce() },
  );
  return { url, method: "POST", headers: { ...headers, traceparent: formatTraceparent(trace) }, body };
}

/** What became of the question behind another city's gateway is that gateway's to say. */
function asToldBy(reason: Fault): Fault {
  const said = reason.facts?.said;
  return typeof said === "string" && isCode(said) ? fault(said) : reason;
}

/** A node that answers garbage, for another request or with a wrong signature is not healthy. */
function readAnswer(
  { headers, body }: RawReply,
  expected: Expected,
  { directory, now }: AskNodeDependencies,
): Result<VerifiedAnswer, UpstreamFault> {
  if (headers["content-type"] !== answerMediaType) return err(upstreamFault("failure", "answer.malformed"));
  const jws = Buffer.from(body).toString("latin1");
  const opened = openAnswer(jws, expected, directory(), now());
  if (opened.ok) return ok({ answer: opened.value, jws });
  // A node that is a moment behind the catalogue says more than it may now. It is not believed, and not sick either.
  const kind = opened.error.code === "answer.not-asked" ? "neutral" : "failure";
  return err({ ...opened.error, kind });
}
