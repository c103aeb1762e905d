import type { NodeId } from "@xinqiao/protocol/identity";
import type { TakenSignal } from "./taken-signal.ts";

/** Waits for something new on a member's behalf; its next question ends the wait of the one before. */
export type UntilTaken = (node: NodeId, ms: number, gone: AbortSignal) => Promise<void>;

/** One member must not take every place there is by asking again and again. */
export function createOneWait({ until }: Pick<TakenSignal, "until">): UntilTaken {
  const waiting = new Map<NodeId, AbortController>();
  return async (node, ms, gone) => {
    waiting.get(node)?.abort();
    const own = new AbortController();
    waiting.set(node, own);
    await until(ms, AbortSignal.any([gone, own.signal]));
    if (waiting.get(node) === own) waiting.delete(node);
  };
}
