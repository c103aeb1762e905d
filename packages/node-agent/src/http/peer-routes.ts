import { answerMediaType, questionSchema } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import { asResult, type Fault, fault } from "@xinqiao/protocol/problem";
import type { RegistryStanding } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { nextHop } from "@xinqiao/protocol/trace";
import { parseJson, type Received } from "@xinqiao/protocol/transport";
import type { Entropy } from "@xinqiao/runtime/entropy";
import {
  type HttpEnv,
  type InFlight,
  problemReply,
  receiveSigned,
  type SignedEndpoint,
  thrownReply,
} from "@xinqiao/runtime/http";
import { type Context, Hono } from "hono";
import { type AnswerDependencies, answerQuestion } from "../answer/index.ts";
import { type Book, enterAnswer } from "../book/index.ts";
import type { AgentEvents } from "../telemetry/index.ts";
import { within } from "./within.ts";
import { type WitnessRouteDependencies, witnessRoutes } from "./witness-routes.ts";

export interface PeerDependencies {
  readonly endpoint: SignedEndpoint;
  /** The one node this agent answers: its own city's gateway. */
  readonly gateway: NodeId;
  readonly answer: AnswerDependencies;
  /** True the first time a nonce is seen; remembered across restarts. */
  readonly claimNonce: (keyId: string, nonce: string, expiresAt: number) => boolean;
  readonly book: Pick<Book, "answered" | "durable">;
  /** Places for requests being read, whoever sends them: more than for answers, which only the gateway gets. */
  readonly reading: InFlight;
  readonly inFlight: InFlight;
  readonly standing: () => RegistryStanding;
  readonly witness: WitnessRouteDependencies;
  readonly entropy: Entropy;
  readonly events: AgentEvents;
}

/** What the gateway calls: `POST /v1/answers` (PR-EXCHANGE §5). The reply is an answer this node signs. */
export function peerRoutes(deps: PeerDependencies): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const hop = deps.endpoint.self;
  app.post("/v1/answers", async (context) => {
    const trace = nextHop(context.req.header("traceparent"), deps.entropy.hex);
    const refuse = (reason: Fault, requestId?: string) => {
      deps.events.refused(reason, { traceId: trace.traceId, requestId });
      return problemReply(reason, { hop, traceId: trace.traceId, requestId });
    };
    if (deps.standing() === "expired") return refuse(fault("registry.expired"));
    const received = await within(deps.reading, () => receiveSigned(context, deps.endpoint));
    if (!received.ok) return refuse(received.error);
    const { requestId } = received.value.verified;
    const admitted = admit(received.value, deps);
    if (admitted) return refuse(admitted, requestId);
    const answered = await within(deps.inFlight, () => answer(context, received.value, trace.traceId, deps));
    return answered.ok ? answered.value : refuse(answered.error, requestId);
  });
  witnessRoutes(app, deps.witness);
  app.notFound(() => problemReply(fault("request.not-found"), { hop }));
  app.onError((error) => {
    deps.events.failed(error);
    return thrownReply(error, { hop });
  });
  return app;
}

function admit({ verified }: Received, deps: PeerDependencies): Fault | undefined {
  if (verified.from.member.node !== deps.gateway) {
    return fault("policy.role-not-allowed", "only the city's gateway asks a node");
  }
  return deps.claimNonce(verified.keyId, verified.nonce, verified.nonceExpiresAt)
    ? undefined
    : fault("signature.replayed");
}

async function answer(
  context: Context<HttpEnv>,
  { body, verified }: Received,
  traceId: string,
  deps: PeerDependencies,
): Promise<Result<Response, Fault>> {
  const question = parseJson(body, questionSchema);
  if (!question.ok) return question;
  if (question.value.exchange !== verified.requestId) {
    return err(fault("request.id-invalid", "not the exchange's id"));
  }
  const signal = AbortSignal.any([context.req.raw.signal, AbortSignal.timeout(question.value.remainingMs)]);
  const answered = await answerQuestion(question.value, deps.answer, signal);
  if (!answered.ok) return answered;
  const booked = await asResult(() => enterAnswer(question.value, answered.value, deps.book));
  if (!booked.ok) return booked;
  deps.events.answered(question.value, answered.value, traceId);
  return ok(context.body(answered.value.text, 200, { "content-type": answerMediaType }));
}
