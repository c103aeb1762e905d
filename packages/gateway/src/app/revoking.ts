import type { Signer } from "@xinqiao/protocol/keys";
import type { Directory } from "@xinqiao/protocol/registry";
import type { OfficialDays } from "@xinqiao/runtime/calendar";
import type { GatewayConfig } from "../config/index.ts";
import type { SharingRouteDependencies } from "../http/index.ts";
import { createAsking, revocationDueOn } from "../measures/index.ts";
import { createOneWait, createTakenSignal } from "../sharing/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import type { Stores } from "./stores.ts";

export interface Revoking extends Pick<SharingRouteDependencies, "revocations" | "answers"> {
  /** Hands out what is due, and says who is late. */
  ask(): void;
  /** Lets those go who wait for notices. */
  close(): void;
  /** Resolves when what was to be handed out is. */
  idle(): Promise<void>;
}

export function openRevoking(
  { node: self, revocations: rules }: Pick<GatewayConfig, "node" | "revocations">,
  {
    hub: { revocations, durable },
    log,
    now,
    today,
    directory,
    signer,
    days,
    failed,
  }: Pick<Stores, "hub" | "log"> &
    Pick<GatewayEvents, "failed"> & {
      readonly now: () => number;
      readonly today: () => string;
      readonly directory: () => Directory;
      readonly signer: Signer;
      readonly days: OfficialDays;
    },
): Revoking {
  const signal = createTakenSignal();
  const asking = createAsking({
    ...{ self, revocations, durable, signer, log, now, today },
    dueOn: () => revocationDueOn(rules, today(), days),
    onAsked: signal.taken,
  });
  let last = Promise.resolve();
  return {
    revocations: { revocations, untilAsked: createOneWait(signal) },
    answers: { revocations, durable, directory, log, onAnswered: signal.taken },
    ask() {
      last = asking.ask().catch((error: unknown) => failed(error));
    },
    close: signal.close,
    idle: () => last,
  };
}
