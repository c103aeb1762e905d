import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { Batch, DeadLetter, Deliveries, DeliveryFault, DeliveryQueue, Platform } from "./port.ts";

export interface DeliverDependencies {
  readonly queue: DeliveryQueue;
  readonly platform: Pick<Platform, "take">;
  readonly durable: Deliveries["durable"];
  readonly queueSome: Deliveries["queueSome"];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly today: () => string;
  /** Once, however often it is refused. */
  readonly onStaleKept: (fault: DeliveryFault) => void;
  readonly onDead: (letter: DeadLetter) => void;
}

export interface Delivered {
  readonly changes: number;
  /** Whether there may be more. */
  readonly again: boolean;
}

/** With so many refused and none taken the fault is the platform's: what follows waits until that is mended. */
const mostInRow = 100;

const nothing = (again: boolean) => ok({ changes: 0, again });

/**
 * Hands one batch over. What is in it is on this member's disk before it leaves, so that it comes again under the same
 * mark whenever this process dies: a platform that knows its last mark takes each batch once.
 */
export async function deliver(
  deps: DeliverDependencies,
  signal: AbortSignal,
): Promise<Result<Delivered, DeliveryFault>> {
  const { queue, platform, durable, queueSome, now, today } = deps;
  const batch = queue.seal(today(), now());
  if (batch === undefined) return nothing(queueSome());
  await durable();
  const taken = await platform.take(batch, signal);
  if (!taken.ok) return notTaken(batch, taken.error, deps);
  queue.taken(batch.mark, now());
  return ok({ changes: batch.changes.length, again: true });
}

function notTaken(
  { mark, previous, complete }: Batch,
  fault: DeliveryFault,
  { queue, now, onDead, onStaleKept }: DeliverDependencies,
): Result<Delivered, DeliveryFault> {
  // A generation's beginning goes on from anything: who refuses that as another past is at fault.
  if (fault.code === "delivery.another-past" && previous !== null) queue.beginAnew();
  const isSlow = fault.code === "delivery.too-slow";
  if (isSlow ? !queue.isSlowAgain(mark) : fault.code !== "delivery.refused") return err(fault);
  if (complete) {
    // No record that is told now is at fault: it must hold none of them up.
    if (queue.keepStale(mark, now())) onStaleKept({ ...fault, code: "delivery.stale-kept" });
    return nothing(true);
  }
  if (queue.split(mark)) return nothing(true);
  // What one record alone is too much for does not work.
  if (isSlow) return err(fault);
  if (queue.setAsideInRow() >= mostInRow) return err({ ...fault, code: "delivery.too-many-refused" });
  const letter = queue.setAside(mark, fault.reason, now());
  if (letter === undefined) return err(fault);
  onDead(letter);
  return nothing(true);
}
