import type { Signer } from "@xinqiao/protocol/keys";
import { chinaDay, createWorkingDays, type OfficialDays } from "@xinqiao/runtime/calendar";
import { createInFlight, type InFlight } from "@xinqiao/runtime/http";
import type { City } from "../city/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import type { SharingRouteDependencies } from "../http/index.ts";
import {
  createCompleting,
  createDisputedFor,
  createOneWait,
  createPackedPages,
  createTakenSignal,
  createTurns,
} from "../sharing/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import { openCases } from "./cases.ts";
import type { GatewayDependencies } from "./gateway.ts";
import { openRevocations } from "./revocations.ts";
import type { Stores } from "./stores.ts";

export interface Sharing extends Omit<SharingRouteDependencies, "screen" | "feedback"> {
  /** A report was kept: its member may have to be asked to revoke at once. */
  readonly onKept: () => void;
  /** Lets those go who wait for changes, and takes nobody in any more. */
  drain(): void;
  idle: InFlight["idle"];
}

/** Readers that wait at once, each in a request for changes, one for notices and one for cases: more than a city has members. */
const mostReaders = 3_000;

const sayEveryMs = 60_000;
const dayMs = 86_400_000;

export function openSharing(
  config: GatewayConfig,
  {
    hub,
    log,
    deps: { now },
    city,
    signer,
    days,
    events: { failed },
  }: Pick<Stores, "hub" | "log"> & {
    readonly deps: GatewayDependencies;
    readonly city: City;
    readonly signer: Signer;
    /** Days off and days worked in their stead. */
    readonly days: OfficialDays;
    readonly events: Pick<GatewayEvents, "failed">;
  },
): Sharing {
  const { node: self, timeliness: rules, sharingTerms } = config;
  const places = createInFlight(mostReaders);
  const signal = createTakenSignal();
  const directory = () => city.registry.current().directory;
  const today = () => chinaDay(now());
  const completing = createCompleting({
    ...{ self, hub, directory, signer, log, now, today },
    lapsesAfterMs: sharingTerms.subscriberDays * dayMs,
  });
  const catalogue = () => city.catalogue.current().catalogue;
  // What a process before this one has left to say, and what a change of the registry has made due.
  let said = Promise.resolve();
  const revoking = openRevocations(config, { hub, log, directory, signer, days, now, failed });
  const sayWhatIsDue = () => {
    said = completing.complete().catch((error: unknown) => failed(error));
    revoking.ask();
  };
  hub.cameBack(now());
  const often = setInterval(sayWhatIsDue, sayEveryMs).unref();
  sayWhatIsDue();
  const workingDayAfter = createWorkingDays(days);
  const cases = openCases(config, { hub, log, city, signer, days, now, failed, onStep: signal.taken });
  const common = { hub, directory, catalogue, log, completing, now, today };
  return {
    take: {
      ...common,
      self,
      signer,
      timeliness: { rules, workingDayAfter },
      turns: createTurns(),
      dueOn: (workingDays) => workingDayAfter(today(), workingDays),
      onTaken() {
        signal.taken();
        revoking.ask();
      },
    },
    read: {
      ...{ ...common, disputedFor: createDisputedFor(common) },
      ...{ pack: createPackedPages(), untilTaken: createOneWait(signal) },
    },
    onKept: revoking.ask,
    ...revoking.routes,
    ...cases.routes,
    places,
    drain() {
      clearInterval(often);
      revoking.drain();
      cases.drain();
      places.drain();
      signal.close();
    },
    async idle() {
      await places.idle();
      await Promise.all([said, revoking.idle(), cases.idle()]);
    },
  };
}
