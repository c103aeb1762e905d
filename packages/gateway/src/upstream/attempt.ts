import { asResult, parseProblem } from "@xinqiao/protocol/problem";
import { err, type Result } from "@xinqiao/protocol/result";
import { createDeadline, type Deadline } from "../exchange/index.ts";
import type { Bulkhead } from "./bulkhead.ts";
import { type UpstreamFault, upstreamFault } from "./fault.ts";
import type { AttemptRequest, RawReply, Wire } from "./wire.ts";

/**
 * Builds the request for one attempt, signed afresh: each attempt has a nonce of its own, so a retry is
 * not a replay. Called when a place is taken and the call is about to leave. A `FaultError` it throws is our own
 * (`key.unavailable`): nothing is sent.
 * @param remainingMs whole milliseconds this attempt has, at least 1; past them nobody listens
 */
export type BuildAttempt = (remainingMs: number) => Promise<AttemptRequest> | AttemptRequest;

/**
 * Reads a reply with a 2xx status. What it returns is the attempt's outcome, and so the breaker's verdict:
 * a node that answers garbage, or with a wrong signature, is not healthy (`failure`).
 */
export type ReadReply<T> = (reply: RawReply) => Result<T, UpstreamFault>;

export interface AttemptSettings {
  readonly attemptTimeoutMs: number;
  /**
   * A timeout counts against the node only when the attempt had this long, in milliseconds. Else one member
   * with short deadlines could open the circuit for all.
   */
  readonly fairAttemptMs: number;
}

export interface Attempting {
  readonly wire: Wire;
  readonly bulkhead: Bulkhead;
  readonly settings: AttemptSettings;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** One attempt: a place in the bulkhead, a timeout of its own within the deadline, one request and its reply. */
export async function attempt<T>(
  { build, read, deadline }: { build: BuildAttempt; read: ReadReply<T>; deadline: Deadline },
  { wire, bulkhead, settings, now }: Attempting,
): Promise<Result<T, UpstreamFault>> {
  const allowedMs = Math.min(settings.attemptTimeoutMs, deadline.remainingMs());
  const cutShort = () => err(whyCutShort(deadline, allowedMs, settings));
  if (allowedMs < 1) return cutShort();
  const leave = bulkhead.enter();
  if (leave === undefined) return err(upstreamFault("local", "node.busy"));

  const limit = createDeadline(allowedMs, now, deadline.signal);
  try {
    let building = true;
    const sending = buildAndSend(build, wire, limit, () => {
      building = false;
    });
    // undici keeps an aborted request until a connection is free for it: the place is taken as long.
    sending.then(leave, leave);
    const sent = await Promise.race([sending, whenAborted(limit.signal)]);
    if (sent === undefined || (!sent.ok && limit.signal.aborted)) {
      return building ? err(whyNotBuilt(deadline)) : cutShort();
    }
    return sent.ok ? judge(sent.value, read) : sent;
  } finally {
    limit.dispose();
  }
}

async function buildAndSend(
  build: BuildAttempt,
  wire: Wire,
  limit: Deadline,
  onSending: () => void,
): Promise<Result<RawReply, UpstreamFault>> {
  const request = await asResult(() => build(Math.max(1, Math.floor(limit.remainingMs()))));
  if (!request.ok) return err({ ...request.error, kind: "local" });
  onSending();
  return wire.send(request.value, limit.signal);
}

/** Our own key kept it, not the node: it was not asked, and nothing counts against it. */
function whyNotBuilt(deadline: Deadline): UpstreamFault {
  return deadline.ended() === "cancelled"
    ? upstreamFault("neutral", "node.cancelled")
    : upstreamFault("local", "key.unavailable");
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  return promise;
}

function whyCutShort(deadline: Deadline, allowedMs: number, settings: AttemptSettings): UpstreamFault {
  if (deadline.ended() === "cancelled") return upstreamFault("neutral", "node.cancelled");
  const fair = allowedMs >= Math.min(settings.fairAttemptMs, settings.attemptTimeoutMs);
  return upstreamFault(fair ? "failure" : "neutral", "node.timeout");
}

/** A 4xx says that we asked wrongly, or may not ask. Redirects are not followed: they would carry the question elsewhere. */
function judge<T>(reply: RawReply, read: ReadReply<T>): Result<T, UpstreamFault> {
  const { status } = reply;
  if (status >= 200 && status < 300) return read(reply);
  const facts = { status, ...saidBy(reply) };
  // A node that is busy or stopping says so: that is no sign of ill health.
  if (status >= 500 && facts.said !== undefined && busy.has(facts.said)) {
    return err(upstreamFault("neutral", "node.busy", facts));
  }
  return err(
    status >= 400 && status < 500
      ? upstreamFault("neutral", "node.rejected", facts)
      : upstreamFault("failure", "node.status", facts),
  );
}

const busy: ReadonlySet<string> = new Set(["limit.concurrency", "limit.rate", "server.draining"]);

/** The stable code in a problem document (RFC 9457), and nothing else of it: the rest is free text. */
function saidBy({ headers, body }: RawReply): { said?: string } {
  if (!String(headers["content-type"]).startsWith("application/problem+json")) return {};
  const problem = parseProblem(Buffer.from(body).toString("utf8"));
  return problem === undefined ? {} : { said: problem.code };
}
