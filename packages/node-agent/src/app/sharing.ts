import type { AgentConfig } from "../config/index.ts";
import { keepHearing } from "../feedback/index.ts";
import { openSharing } from "../sharing/index.ts";
import type { LocalParts } from "./local-door.ts";
import { callOf, type Shared } from "./shared.ts";

export function shareRecords(
  { node, gateway, sharing }: AgentConfig,
  {
    client,
    city,
    store,
    events,
    ...deps
  }: Omit<Shared, "config" | "inFlight"> & Pick<LocalParts, "client" | "store">,
): () => Promise<void> {
  const call = callOf({ node, gateway }, { ...deps, city, client });
  const { outbox, inbox, revocations } = store;
  const stops = [
    openSharing(sharing, { ...call, catalogue: city.catalogue, outbox, inbox, events }),
    keepHearing({ ...call, revocations, events }),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}
