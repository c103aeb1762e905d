import { type Entropy, systemEntropy } from "@xinqiao/runtime/entropy";
import type { Logger } from "@xinqiao/runtime/logging";

/** A running gateway. */
export interface Gateway {
  readonly port: number;
  readonly adminPort: number;
  /** Takes new versions of registry and catalogue without a restart. */
  reload(): Promise<void>;
  /** Refuses new work, finishes what is under way, closes the log. */
  close(): Promise<void>;
}

export interface GatewayDependencies {
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly entropy: Entropy;
}

export const systemDependencies = (logger: Logger): GatewayDependencies => ({
  logger,
  now: Date.now,
  elapsed: () => performance.now(),
  entropy: systemEntropy(),
});
