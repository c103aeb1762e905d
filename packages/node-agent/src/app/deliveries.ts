import { chinaDay } from "@xinqiao/runtime/calendar";
import type { AgentConfig } from "../config/index.ts";
import { type KeptDeliveries, keepDelivering, type OpenedDelivery, openPlatform } from "../delivery/index.ts";
import type { LocalParts } from "./local-door.ts";
import type { Shared } from "./shared.ts";

/** Hands copies on to the member's own platform, as it wishes. */
export async function deliverCopies(
  { deliveries: configs }: Pick<AgentConfig, "deliveries">,
  { store, events, now }: Pick<Shared, "events" | "now"> & Pick<LocalParts, "store">,
): Promise<KeptDeliveries> {
  const { deliveries, inbox } = store;
  await using opening = new AsyncDisposableStack();
  const opened: OpenedDelivery[] = [];
  for (const config of configs) {
    const platform = opening.adopt(await openPlatform(config, { env: process.env }), (each) => each.close());
    opened.push({ ...config, platform, target: config.type });
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
