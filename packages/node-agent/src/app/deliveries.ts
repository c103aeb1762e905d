import { chinaDay } from "@xinqiao/runtime/calendar";
import type { AgentConfig } from "../config/index.ts";
import { type KeptDeliveries, keepDelivering, type OpenedDelivery, openPlatform } from "../delivery/index.ts";
import type { LocalParts } from "./local-door.ts";
import type { Shared } from "./shared.ts";

/** Hands copies on to the member's own platform, as it wishes. */
export async function deliverCopies(
  { node, deliveries: configs }: Pick<AgentConfig, "node" | "deliveries">,
  { store, events, now, signer }: Pick<Shared, "events" | "now" | "signer"> & Pick<LocalParts, "store">,
): Promise<KeptDeliveries> {
  const { deliveries, inbox } = store;
  const deps = { node, signer, now, env: process.env };
  await using opening = new AsyncDisposableStack();
  const opened: OpenedDelivery[] = [];
  for (const config of configs) {
    const platform = opening.adopt(await openPlatform(config, deps), (each) => each.close());
    opened.push({ ...config, platform });
  }
  opening.move();
  return keepDelivering(opened, {
    deliveries,
    forgetEnded: inbox.forgetEnded,
    now,
    today: () => chinaDay(now()),
    events,
  });
}
