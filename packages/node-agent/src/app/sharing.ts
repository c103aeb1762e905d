import type { AgentConfig } from "../config/index.ts";
import { openSharing } from "../sharing/index.ts";
import type { LocalParts } from "./local-door.ts";
import type { Shared } from "./shared.ts";

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
  const { signer, entropy, now } = deps;
  const { members: directory, catalogue } = city;
  const call = { node, gateway, directory, signer, send: client.send, entropy, now };
  const { outbox, inbox } = store;
  return openSharing(sharing, { ...call, catalogue, outbox, inbox, events });
}
