import { setImmediate as nextTurn } from "node:timers/promises";
import { ok } from "@xinqiao/protocol/result";
import { keepDoing } from "../loop/index.ts";
import { type Bell, createBell } from "./bell.ts";
import { deliver } from "./deliver.ts";
import type { DeadLetter, Deliveries, DeliveryFault, Platform, WantedDelivery } from "./port.ts";

export interface DeliveryEvents {
  delivered(name: string, changes: number): void;
  /** The first of several in a row, or of one that holds nothing up. */
  deliveryFault(name: string, fault: DeliveryFault): void;
  /** A record that the platform does not take was set aside. */
  deadLetter(name: string, letter: DeadLetter): void;
  failed(error: unknown): void;
}

export interface OpenedDelivery extends Omit<WantedDelivery, "target"> {
  readonly platform: Platform;
}

export interface DeliveriesDependencies {
  readonly deliveries: Deliveries;
  /** Makes removals of copies whose publication ended before a day. */
  readonly forgetEnded: (today: string) => void;
  readonly now: () => number;
  readonly today: () => string;
  readonly events: DeliveryEvents;
  /** Changes that nobody rang for, by another process or a change of scope, wait so long at most. */
  readonly lookEveryMs?: number;
}

export interface KeptDeliveries {
  /** Copies may have changed. */
  wake(): void;
  stop(): Promise<void>;
}

/** Delivers copies from now on: each platform at its own pace. */
export function keepDelivering(
  opened: readonly OpenedDelivery[],
  { forgetEnded, ...deps }: DeliveriesDependencies,
): KeptDeliveries {
  deps.deliveries.choose(opened.map(({ platform: { target }, ...each }) => ({ ...each, target })));
  const stopping = new AbortController();
  const queued = queueAll(deps, stopping.signal);
  let day = "";
  const onNewDay = () => {
    const today = deps.today();
    if (today === day) return;
    forgetEnded(today);
    day = today;
  };
  const kept = opened.map((each) => {
    const bell = createBell();
    return { bell, stop: keepOne(each, bell, { ...deps, onNewDay }) };
  });
  return {
    wake() {
      for (const { bell } of kept) bell.ring();
    },
    async stop() {
      stopping.abort();
      await Promise.all([queued, ...kept.map(({ stop }) => stop())]);
      await Promise.all(opened.map(({ platform }) => platform.close()));
    },
  };
}

/** However far a platform is: what waits for one that is away is known. */
async function queueAll(
  { deliveries, events }: Pick<DeliveriesDependencies, "deliveries" | "events">,
  signal: AbortSignal,
): Promise<void> {
  try {
    while (!signal.aborted && deliveries.queueSome()) await nextTurn();
  } catch (error) {
    events.failed(error);
  }
}

function keepOne(
  { name, platform }: OpenedDelivery,
  bell: Bell,
  {
    deliveries,
    events,
    onNewDay,
    lookEveryMs = 5_000,
    ...time
  }: Omit<DeliveriesDependencies, "forgetEnded"> & { readonly onNewDay: () => void },
): () => Promise<void> {
  const onDead = (letter: DeadLetter) => events.deadLetter(name, letter);
  const onStaleKept = (fault: DeliveryFault) => events.deliveryFault(name, fault);
  const deps = {
    ...time,
    platform,
    onDead,
    onStaleKept,
    queue: deliveries.queue(name),
    durable: deliveries.durable,
    queueSome: deliveries.queueSome,
  };
  const work = async (signal: AbortSignal) => {
    onNewDay();
    const delivered = await deliver(deps, signal);
    if (!delivered.ok) return delivered;
    const { changes, again } = delivered.value;
    if (changes > 0) events.delivered(name, changes);
    if (!again) await bell.heard(lookEveryMs, signal);
    return ok({ again: true });
  };
  return keepDoing(work, 0, {
    onFault: (fault) => events.deliveryFault(name, fault),
    onError: events.failed,
  });
}
