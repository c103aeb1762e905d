import type { Signer } from "@xinqiao/protocol/keys";
import type { Entropy } from "@xinqiao/runtime/entropy";
import type { InFlight } from "@xinqiao/runtime/http";
import type { City } from "../city/index.ts";
import type { AgentConfig } from "../config/index.ts";
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
