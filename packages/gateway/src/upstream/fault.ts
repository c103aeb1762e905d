import { type Code, type Fault, fault } from "@xinqiao/protocol/problem";

/**
 * Whose doing a fault is, which is all that the breaker wants to know.
 * `failure`: the node's, it counts against it. `neutral`: nobody's or the asker's (a 4xx, a caller that
 * went away), it says nothing of the node's health. `local`: ours, nothing was sent.
 */
export type FaultKind = "failure" | "neutral" | "local";

export interface UpstreamFault extends Fault {
  readonly kind: FaultKind;
}

export function upstreamFault(kind: FaultKind, code: Code, facts?: Fault["facts"]): UpstreamFault {
  return { ...fault(code, undefined, facts), kind };
}
