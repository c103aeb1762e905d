import { chinaDay } from "@xinqiao/runtime/calendar";
import type { AgentConfig } from "../config/index.ts";
import { type KeptCopies, keepCopies, reconcileCopies, waitUntil } from "../copies/index.ts";
import type { Inbox } from "../sharing/index.ts";
import type { LocalParts } from "./local-door.ts";
import { callOf, type Shared } from "./shared.ts";

/** Longest that a comparison waits for what is to be told or read: the reader may be waiting at the gateway. */
const settleWithinMs = 60_000;

const isRead = ({ position, isReadAnew }: ReturnType<Inbox["standing"]>, upTo: number) =>
  !isReadAnew && position >= upTo;

export function reconcileDaily(
  { node, gateway, sharing, reconcileCopiesEveryHours: everyHours }: AgentConfig,
  {
    client,
    city,
    store,
    events,
    ...deps
  }: Omit<Shared, "config" | "inFlight"> & Pick<LocalParts, "client" | "store">,
): KeptCopies {
  const { now } = deps;
  const { catalogue } = city;
  const { outbox, inbox, deliveries } = store;
  const call = callOf({ node, gateway }, { ...deps, city, client });
  const { publish, subscribe = null } = sharing;
  const isSettled = (position: number) => {
    const isToldAll = publish === false || (!outbox.isWaiting() && outbox.unsent() === undefined);
    return isToldAll && (subscribe === null || isRead(inbox.standing(), position));
  };
  const own = { call, catalogue, digests: store.digests(node), outbox, inbox, takenBy: deliveries.takenBy };
  const choice = { tells: publish !== false, wants: subscribe };
  const around = {
    today: () => chinaDay(now()),
    settled: (signal: AbortSignal, position = 0) =>
      waitUntil(() => isSettled(position), settleWithinMs, signal),
  };
  return keepCopies((signal) => reconcileCopies({ ...own, ...choice, ...around }, signal), {
    everyHours,
    onReconciled: events.copiesReconciled,
    onFault: events.copiesFault,
    onError: events.failed,
  });
}
