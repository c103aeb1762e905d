import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AgentStore } from "../store/index.ts";

export interface Retention {
  readonly quarantineDays: number;
  /** The folder of the lists. */
  readonly quarantine: string;
}

const dayMs = 86_400_000;

/**
 * Deletes rows that were kept back, and lists of them, from longer ago than the member wants to know (Personal
 * Information Protection Law art. 19: no longer than needed). That an item is not whole stays known.
 */
export async function forgetKeptBack(
  { imports }: Pick<AgentStore, "imports">,
  { quarantineDays, quarantine }: Retention,
  now: number,
): Promise<void> {
  const before = now - quarantineDays * dayMs;
  imports.purgeQuarantine(new Date(before).toISOString());
  for (const name of await readdir(quarantine).catch(() => [])) {
    const path = join(quarantine, name);
    if ((await stat(path)).mtimeMs < before) await rm(path);
  }
}

/** Forgets now and once a day; returns what ends it. */
export async function forgetKeptBackDaily(
  store: Pick<AgentStore, "imports">,
  retention: Retention,
  now: () => number,
  onError: (error: unknown) => void,
): Promise<() => void> {
  const forget = () => forgetKeptBack(store, retention, now());
  await forget();
  const timer = setInterval(() => void forget().catch(onError), dayMs).unref();
  return () => clearInterval(timer);
}
