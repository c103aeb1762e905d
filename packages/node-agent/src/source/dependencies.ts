import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction } from "@xinqiao/protocol/identity";
import type { OnInvalid } from "./invalid.ts";

/** What a source that reads the platform itself needs from the agent. */
export interface LiveDependencies {
  /** The one decided by now: it may change while the agent runs. */
  readonly catalogue: () => Catalogue;
  readonly jurisdiction: Jurisdiction;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onInvalid: OnInvalid;
  /** Where `urlEnv` and `valueEnv` are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
