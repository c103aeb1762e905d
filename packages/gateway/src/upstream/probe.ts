import { err, type Result } from "@xinqiao/protocol/result";
import type { Deadline, Seat } from "../exchange/index.ts";
import { type UpstreamFault, upstreamFault } from "./fault.ts";
import type { Tried } from "./retry.ts";

/** Who asked when a half-open circuit let the question through as its probe. */
export interface ProbeCaller {
  readonly deadline: Deadline;
  readonly seat: Seat;
}

/**
 * Waits for a probe as long as its caller should: until the caller's deadline, and not longer than the
 * healthy nodes of the same lookup take. The probe itself goes on, with a time of its own: its verdict is
 * the breaker's affair and must not hang on how patient the caller was.
 */
export async function waitForProbe<T>(
  probing: Promise<Result<T, UpstreamFault>>,
  { deadline, seat }: ProbeCaller,
): Promise<Tried<T>> {
  const othersIn = seat.probe();
  const signal = AbortSignal.any([deadline.signal, othersIn]);
  const { promise: givenUp, resolve } = Promise.withResolvers<Result<T, UpstreamFault>>();
  const giveUp = () => resolve(err(whyGivenUp(deadline)));
  if (signal.aborted) giveUp();
  else signal.addEventListener("abort", giveUp, { once: true });
  try {
    return { outcome: await Promise.race([probing, givenUp]), attempts: 1 };
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function whyGivenUp(deadline: Deadline): UpstreamFault {
  const ended = deadline.ended();
  if (ended === undefined) return upstreamFault("neutral", "node.probing");
  return upstreamFault("neutral", ended === "cancelled" ? "node.cancelled" : "node.timeout");
}
