import type { AgentConfig } from "../config/index.ts";
import { openSharing } from "../sharing/index.ts";
import { hearCases } from "./cases.ts";
import type { LocalParts } from "./local-door.ts";
import { callOf, type Shared } from "./shared.ts";

/** Records, and what becomes of cases about them. @returns what ends it */
export function shareRecords(
  config: AgentConfig,
  {
    client,
    city,
    store,
    events,
    ...deps
  }: Omit<Shared, "config" | "inFlight"> & Pick<LocalParts, "client" | "store">,
): () => Promise<void> {
  const { node, gateway, sharing } = config;
  const call = callOf({ node, gateway }, { ...deps, city, client });
  const { outbox, inbox } = store;
  const stops = [
    openSharing(sharing, { ...call, catalogue: city.catalogue, outbox, inbox, events }),
    hearCases(config, { ...deps, client, city, store, events }),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}
