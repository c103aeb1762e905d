import type { AgentConfig } from "../config/index.ts";
import { keepHearing } from "../feedback/index.ts";
import { keptBackLately, openSharing, type SharingEvents } from "../sharing/index.ts";
import { hearCases } from "./cases.ts";
import { deliverCopies } from "./deliveries.ts";
import type { LocalParts } from "./local-door.ts";
import { callOf, type Shared } from "./shared.ts";

/** Records, and what becomes of cases about them; what was heard goes on to the platform. @returns what ends it */
export async function shareRecords(
  config: AgentConfig,
  {
    client,
    city,
    store,
    events,
    ...deps
  }: Omit<Shared, "config" | "inFlight"> & Pick<LocalParts, "client" | "store">,
): Promise<() => Promise<void>> {
  const { node, gateway, sharing } = config;
  const delivering = await deliverCopies(config, { ...deps, store, events });
  const call = callOf({ node, gateway }, { ...deps, city, client });
  const { outbox, inbox, revocations } = store;
  const heard: SharingEvents = {
    ...events,
    received(received) {
      events.received(received);
      delivering.wake();
    },
  };
  const keptBack = () => keptBackLately(store.imports.keptBack, deps.now());
  const catalogue = city.catalogue;
  const stops = [
    openSharing(sharing, { ...call, catalogue, outbox, inbox, keptBack, events: heard }),
    keepHearing({ ...call, revocations, events }),
    hearCases(config, { ...deps, client, city, store, events }),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    await delivering.stop();
  };
}
