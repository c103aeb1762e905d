import type { Signer } from "@xinqiao/protocol/keys";
import type { InFlight } from "@xinqiao/runtime/http";
import type { City } from "../city/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import type { RateLimit } from "../limit/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import type { Targets } from "../upstream/index.ts";
import type { GatewayDependencies } from "./gateway.ts";
import type { Sharing } from "./sharing.ts";
import type { Stores } from "./stores.ts";

export interface Shared extends Stores {
  readonly config: GatewayConfig;
  readonly deps: GatewayDependencies;
  readonly city: City;
  readonly signer: Signer;
  readonly targets: Targets;
  readonly inFlight: InFlight;
  readonly reading: InFlight;
  readonly refusalRate: RateLimit;
  readonly events: GatewayEvents;
  readonly sharing: Sharing;
}
