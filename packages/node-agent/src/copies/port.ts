import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Subscription } from "@xinqiao/protocol/sync";
import type { DigestIndex } from "@xinqiao/runtime/digests";
import type { Deliveries } from "../delivery/index.ts";
import type { CallDependencies } from "../lookup/index.ts";
import type { Inbox, Outbox } from "../sharing/index.ts";

export interface CopiesDependencies {
  readonly call: CallDependencies;
  readonly catalogue: () => Catalogue;
  readonly digests: DigestIndex;
  readonly outbox: Pick<Outbox, "requeue" | "beginAnew" | "isRefused">;
  readonly inbox: Pick<Inbox, "readAnew" | "past" | "untold">;
  /** Whether this member tells of its records. */
  readonly tells: boolean;
  /** What it wants of others; null: nothing. */
  readonly wants: Subscription | null;
  /** Copies that may be used on a day and that the member's own platform has; by source and item; undefined: none are delivered to it. */
  readonly takenBy: Deliveries["takenBy"];
  readonly today: () => string;
  /** Waits a while until what waits was told and what there is up to a position was read. @returns whether it was */
  readonly settled: (signal: AbortSignal, position?: number) => Promise<boolean>;
}
