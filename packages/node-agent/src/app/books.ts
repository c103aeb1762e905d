import { logOrigin } from "@xinqiao/protocol/checkpoint";
import {
  createReconciling,
  keepReconciling,
  type ReconcileDependencies,
  type Reconciling,
  reconcileHour,
} from "../reconciliation/index.ts";
import type { WitnessBook } from "../witness/index.ts";
import type { LocalParts } from "./local-door.ts";
import { callOf, type Shared } from "./shared.ts";

/** What compares hours of this member's book with the city's log. */
export interface Books {
  readonly hours: ReconcileDependencies;
  readonly reconciling: Reconciling;
  readonly stop: () => Promise<void>;
}

export function openReconciliation({
  config: { node, gateway, jurisdiction, reconcileEverySeconds: everySeconds },
  client,
  city,
  store,
  witness,
  events,
  ...deps
}: Pick<Shared, "config" | "city" | "signer" | "entropy" | "now" | "events"> &
  Pick<LocalParts, "client" | "store"> & { readonly witness: Pick<WitnessBook, "held" | "move"> }): Books {
  const { book, reconciled } = store;
  const call = callOf({ node, gateway }, { ...deps, city, client });
  const hours = {
    ...call,
    book,
    reconciled,
    checkpoint: () => witness.held(logOrigin(gateway.node)),
    logView: { city: gateway.node, logKeys: city.logKeys, witness, cosigns: jurisdiction !== undefined },
    get: client.get,
  };
  const reconciling = createReconciling({
    book,
    reconciled,
    reconcile: (interval, signal) => reconcileHour(interval, hours, signal),
    now: deps.now,
    onReconciled: events.reconciled,
  });
  const stop = keepReconciling(reconciling, {
    everySeconds,
    onFault: events.reconcilingFault,
    onError: events.failed,
  });
  return { hours, reconciling, stop };
}
