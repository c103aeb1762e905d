import { type Entropy, systemEntropy } from "@xinqiao/runtime/entropy";
import type { Logger } from "@xinqiao/runtime/logging";

/** A running agent. */
export interface Agent {
  readonly port: number;
  readonly localPort: number;
  /** Looks for new versions of registry and catalogue now. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface AgentDependencies {
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly entropy: Entropy;
}

export const systemDependencies = (logger: Logger): AgentDependencies => ({
  logger,
  now: Date.now,
  entropy: systemEntropy(),
});
