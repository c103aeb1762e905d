import { setImmediate } from "node:timers/promises";
import type { AgentConfig } from "../config/index.ts";
import { watchFolder } from "../handover/index.ts";
import { type Intake, openIntake } from "../intake/index.ts";
import type { AgentStore } from "../store/index.ts";
import { keepStreams } from "../streams/index.ts";
import type { Shared } from "./shared.ts";

/** Rows that the platform posts. */
export function takePosted(
  { jurisdiction, identifierExceptions }: AgentConfig,
  { city, now, events, store }: Pick<Shared, "city" | "now" | "events"> & { readonly store: AgentStore },
): Intake {
  return openIntake({
    store,
    catalogue: city.catalogue,
    jurisdiction,
    exceptions: new Set(identifierExceptions),
    now,
    giveWay: () => setImmediate(),
    onTaken: events.rowsTaken,
  });
}

/** Rows of the platform's databases and services. */
export async function followPlatform(
  { jurisdiction, intake, identifierExceptions }: AgentConfig,
  { city, now, events, store }: Pick<Shared, "city" | "now" | "events"> & { readonly store: AgentStore },
): Promise<() => Promise<void>> {
  if (jurisdiction === undefined) return async () => {};
  return keepStreams(intake, {
    store,
    catalogue: city.catalogue,
    jurisdiction,
    exceptions: new Set(identifierExceptions),
    now,
    giveWay: () => setImmediate(),
    env: process.env,
    events,
  });
}

/** Last of all: an agent that cannot start takes no file. */
export function watchFiles(
  { node, store, jurisdiction, intake, identifierExceptions }: AgentConfig,
  { city, ...deps }: Pick<Shared, "city" | "now" | "events">,
): () => Promise<void> {
  const { folder } = intake;
  if (folder === undefined || jurisdiction === undefined) return async () => {};
  const exceptions = new Set(identifierExceptions);
  const task = () => {
    const { items, version } = city.catalogue();
    return { store, catalogue: { items, version }, jurisdiction, exceptions };
  };
  return watchFolder({ ...intake, folder }, { ...deps, node, task });
}
