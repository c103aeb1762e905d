import type { AgentConfig } from "../config/index.ts";
import { keepHearing } from "../feedback/index.ts";
import { openSharing, type SharingEvents } from "../sharing/index.ts";
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
  const stops = [
    openSharing(sharing, { ...call, catalogue: city.catalogue, outbox, inbox, events: heard }),
    keepHearing({ ...call, revocations, events }),
    hearCases(config, { ...deps, client, city, store, events }),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    await delivering.stop();
  };
}
