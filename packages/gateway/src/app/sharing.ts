import type { Signer } from "@xinqiao/protocol/keys";
import { decodeEntry } from "@xinqiao/protocol/log";
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
  createTrustedCopy,
  createTurns,
  type LoggedPage,
  type TrustedCopy,
} from "../sharing/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import { openCases } from "./cases.ts";
import type { GatewayDependencies } from "./gateway.ts";
import { openRevocations } from "./revocations.ts";
import type { Stores } from "./stores.ts";

export interface Sharing extends Omit<SharingRouteDependencies, "screen" | "feedback"> {
  /** A report was kept: its member may have to be asked to revoke at once. */
  readonly onKept: () => void;
  /** What sources have told, as far as it is not older than the log. */
  readonly copy: TrustedCopy["copy"];
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
    proofs,
    deps: { now },
    city,
    signer,
    days,
    events: { failed },
  }: Pick<Stores, "hub" | "log" | "proofs"> & {
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
  const { copy, heard } = createTrustedCopy(hub, pagesIn(proofs));
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
      onHeard: heard,
    },
    read: {
      ...{ ...common, disputedFor: createDisputedFor(common) },
      ...{ pack: createPackedPages(), untilTaken: createOneWait(signal) },
    },
    onKept: revoking.ask,
    ...revoking.routes,
    ...cases.routes,
    ...{ places, copy },
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

/** As the log has taken them, the newest first. */
function* pagesIn(proofs: Stores["proofs"]): Generator<LoggedPage> {
  for (const { leaf } of proofs.taken("changes.taken", Number.MAX_SAFE_INTEGER)) {
    const read = decodeEntry(Buffer.from(leaf));
    if (!read.ok || read.value.kind !== "changes.taken" || read.value.actor === null) continue;
    const { actor: source, feed, upTo, head, at } = read.value;
    yield { source, feed, upTo, head, at: Date.parse(at) };
  }
}
