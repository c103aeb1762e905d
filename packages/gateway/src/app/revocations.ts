import type { Signer } from "@xinqiao/protocol/keys";
import type { Directory } from "@xinqiao/protocol/registry";
import { chinaDay, type OfficialDays } from "@xinqiao/runtime/calendar";
import type { GatewayConfig } from "../config/index.ts";
import type { SharingRouteDependencies } from "../http/index.ts";
import { createAsking, revocationDueOn } from "../measures/index.ts";
import { createOneWait, createTakenSignal } from "../sharing/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import type { Stores } from "./stores.ts";

interface RevocationsDependencies extends Pick<Stores, "hub" | "log"> {
  readonly directory: () => Directory;
  readonly signer: Signer;
  readonly days: OfficialDays;
  readonly now: () => number;
  readonly failed: GatewayEvents["failed"];
}

interface OpenedRevocations {
  readonly routes: Pick<SharingRouteDependencies, "revocations" | "answers">;
  /** Asks whoever is due, and notes who is late. */
  ask(): void;
  drain(): void;
  idle(): Promise<void>;
}

export function openRevocations(
  { node: self, revocations: rules }: GatewayConfig,
  { hub: { revocations, durable }, log, directory, signer, days, now, failed }: RevocationsDependencies,
): OpenedRevocations {
  const asked = createTakenSignal();
  const today = () => chinaDay(now());
  const asking = createAsking({
    ...{ self, revocations, durable, signer, log, now, today },
    dueOn: () => revocationDueOn(rules, today(), days),
    onAsked: asked.taken,
  });
  let last = Promise.resolve();
  return {
    routes: {
      revocations: { revocations, untilAsked: createOneWait(asked), directory, log },
      answers: { revocations, durable, directory, log, onAnswered: asked.taken, now },
    },
    ask() {
      last = asking.ask().catch((error: unknown) => failed(error));
    },
    drain: asked.close,
    idle: () => last,
  };
}
