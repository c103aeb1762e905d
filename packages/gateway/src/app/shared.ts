import type { Signer } from "@xinqiao/protocol/keys";
import type { InFlight } from "@xinqiao/runtime/http";
import type { City } from "../city/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import type { RateLimit } from "../limit/index.ts";
import type { AuditLog } from "../log/index.ts";
import type {
  HashIndex,
  OpenedLoggedEntries,
  OpenedProofSource,
  OpenedPublishedLog,
  OpenedReconciliations,
  OpenedSearchIndex,
  OpenedWithdrawals,
} from "../store/sqlite/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import type { Targets } from "../upstream/index.ts";
import type { GatewayDependencies } from "./gateway.ts";

export interface Shared {
  readonly config: GatewayConfig;
  readonly deps: GatewayDependencies;
  readonly city: City;
  readonly signer: Signer;
  readonly targets: Targets;
  readonly log: AuditLog;
  readonly withdrawals: OpenedWithdrawals;
  readonly published: OpenedPublishedLog;
  readonly entries: OpenedLoggedEntries;
  readonly kept: OpenedReconciliations;
  readonly index: OpenedSearchIndex;
  readonly hashes: HashIndex;
  readonly proofs: OpenedProofSource;
  readonly tagKey: Uint8Array;
  readonly inFlight: InFlight;
  readonly reading: InFlight;
  readonly refusalRate: RateLimit;
  readonly events: GatewayEvents;
}
