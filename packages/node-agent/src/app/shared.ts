import type { Signer } from "@xinqiao/protocol/keys";
import type { Entropy } from "@xinqiao/runtime/entropy";
import type { InFlight } from "@xinqiao/runtime/http";
import type { City } from "../city/index.ts";
import type { AgentConfig } from "../config/index.ts";
import type { CallDependencies, GatewayClient } from "../lookup/index.ts";
import type { RecordSource } from "../source/index.ts";
import type { AgentEvents } from "../telemetry/index.ts";

export interface Shared {
  readonly config: AgentConfig;
  readonly city: City;
  readonly signer: Signer;
  readonly source: RecordSource;
  readonly inFlight: InFlight;
  readonly entropy: Entropy;
  readonly now: () => number;
  readonly events: AgentEvents;
}

/** What every question to the gateway is asked with. */
export function callOf(
  { node, gateway }: Pick<AgentConfig, "node" | "gateway">,
  {
    city,
    client,
    signer,
    entropy,
    now,
  }: Pick<Shared, "city" | "signer" | "entropy" | "now"> & { readonly client: GatewayClient },
): CallDependencies {
  return { node, gateway, directory: city.members, signer, send: client.send, entropy, now };
}
