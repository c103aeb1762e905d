import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { feedIdSchema, type Subscription } from "@xinqiao/protocol/sync";
import type { CallError } from "../lookup/index.ts";
import { keepDoing } from "../loop/index.ts";
import { type PublishDependencies, type Published, publish, type WhySetAside } from "./publish.ts";
import { type Received, readChanges, type SubscribeDependencies } from "./subscribe.ts";

/** What this member does with what members share. */
export interface SharingChoice {
  /** Tells the city of its own records: of all, of none, or of some items. */
  readonly publish: boolean | readonly ItemCode[];
  /** Wants those of others; nothing, unless it says what. */
  readonly subscribe?: Subscription | undefined;
}

export interface SharingEvents {
  published(published: Published): void;
  received(received: Received): void;
  /** The first of several in a row. */
  sharingFault(way: "publish" | "subscribe", reason: CallError): void;
  /** A page that its source cannot have told. */
  brokenPage(source: NodeId, reason: Fault): void;
  /** A record of this item was set aside. */
  setAside(item: string, why: WhySetAside): void;
  failed(error: unknown): void;
}

type Dependencies = Omit<PublishDependencies, "onSetAside"> &
  Omit<SubscribeDependencies, "subscription" | "onBroken"> & { readonly events: SharingEvents };

/** How often it is looked whether a record has changed: another process may have brought it. */
const lookEveryMs = 200;
/** Between questions that nothing came of: the gateway itself waits while there is nothing. */
const askEveryMs = 100;

/**
 * Who subscribes to nothing any more drops all its copies with the first question, whether that is heard or not, and asks on
 * until the city has heard that nothing is held: it is waited for no more, and receipts what it was waited for.
 */
function leaving(hearing: Omit<SubscribeDependencies, "subscription">) {
  const subscription: Subscription = { items: [], jurisdictions: "all", subjectKinds: "all" };
  let isHeard = false;
  return async (signal: AbortSignal): Promise<Result<{ readonly again: boolean }, CallError>> => {
    if (isHeard) return ok({ again: false });
    const taken = await readChanges({ ...hearing, subscription }, signal, 0);
    if (!taken.ok) return taken;
    const { isReadAnew } = hearing.inbox.standing();
    isHeard = !taken.value.more && !isReadAnew && hearing.inbox.untold().length === 0;
    return ok({ again: !isHeard });
  };
}

/** What fails for a fault of this program's own is a fault of sharing as any other: nothing is told, or heard, meanwhile. */
function withOwnFaults<T>(
  work: (signal: AbortSignal) => Promise<Result<T, CallError>>,
  failed: SharingEvents["failed"],
) {
  return async (signal: AbortSignal): Promise<Result<T, CallError>> => {
    try {
      return await work(signal);
    } catch (error) {
      failed(error);
      return err({ by: "agent", fault: fault("server.internal") });
    }
  };
}

/** Shares from now on. @returns what ends it */
export function openSharing(
  { publish: tells, subscribe }: SharingChoice,
  deps: Dependencies,
): () => Promise<void> {
  const { events } = deps;
  const options = (way: "publish" | "subscribe") => ({
    onFault: (reason: CallError) => events.sharingFault(way, reason),
    onError: events.failed,
  });
  const stops: (() => Promise<void>)[] = [];
  // Who tells nothing any more takes back what it has told.
  if (tells !== false || deps.outbox.hasBegun()) {
    const items = tells === true ? "all" : tells || [];
    deps.outbox.choose(items, feedIdSchema.parse(deps.entropy.uuid()));
    const telling = { ...deps, onSetAside: events.setAside };
    const tell = async (signal: AbortSignal) => {
      const published = await publish(telling, signal);
      if (!published.ok) return published;
      if (published.value.pages > 0) events.published(published.value);
      return ok({ again: false });
    };
    stops.push(keepDoing(withOwnFaults(tell, events.failed), lookEveryMs, options("publish")));
  }
  const hearing = { ...deps, onBroken: events.brokenPage };
  if (subscribe !== undefined) {
    const hear = async (signal: AbortSignal) => {
      const taken = await readChanges({ ...hearing, subscription: subscribe }, signal);
      if (!taken.ok) return taken;
      if (taken.value.pages > 0) events.received(taken.value);
      return ok({ again: taken.value.pages > 0 });
    };
    stops.push(keepDoing(withOwnFaults(hear, events.failed), askEveryMs, options("subscribe")));
  } else if (deps.inbox.standing().scope !== undefined) {
    stops.push(keepDoing(withOwnFaults(leaving(hearing), events.failed), askEveryMs, options("subscribe")));
  }
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}
