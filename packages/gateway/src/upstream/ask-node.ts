import { answerMediaType, type Expected, openAnswer } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
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
    if (target.endpoint === undefined) return err(fault("node.unreachable", "the member has no endpoint"));
    const url = new URL("/v1/answers", target.endpoint);
    const asked = await deps.targets.to({ node: target.node, endpoint: url.origin }).call({
      build: (remainingMs) => signQuestion(url, target, { ...question, remainingMs }, trace, deps),
      read: (reply) => readAnswer(reply, { node: target.node, question, terms, sealed }, deps),
      deadline,
      seat,
      idempotent: true,
    });
    return asked.ok ? ok(asked.value.value) : asked;
  };
}

async function signQuestion(
  url: URL,
  target: Member,
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
      to: target.node,
    },
    { signer, now: now(), nonce: entropy.nonce() },
  );
  return { url, method: "POST", headers: { ...headers, traceparent: formatTraceparent(trace) }, body };
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
