import { setTimeout as sleep } from "node:timers/promises";
import type { HandoverEvents, HandoverFault } from "./events.ts";
import { type PassDependencies, pass } from "./pass.ts";
import { makePlaces, type Places, placesIn } from "./places.ts";
import { createWholeFiles } from "./whole-files.ts";

export interface WatchOptions {
  readonly folder: string;
  readonly settleMs: number;
  readonly everySeconds: number;
}

/** While something fails it is tried less and less often, up to this: a large file is read anew each time. */
const mostPauseMs = 30_000;

/**
 * Watches a folder from now on, by looking: shares of a network tell nobody of their changes.
 * @returns what ends it
 */
export function watchFolder(
  { folder, settleMs, everySeconds }: WatchOptions,
  { node, ...deps }: Omit<PassDependencies, "places" | "look"> & { readonly node: string },
): () => Promise<void> {
  const places = placesIn(folder, node);
  const stopping = new AbortController();
  const { signal } = stopping;
  const parts = { ...deps, places, look: createLook(places, settleMs, deps.now) };
  const tell = createTeller(deps.events);

  async function run(): Promise<void> {
    let pauseMs = everySeconds * 1000;
    while (!signal.aborted) {
      const fine = await pass(parts, signal).then(tell, failed);
      pauseMs = fine ? everySeconds * 1000 : Math.min(pauseMs * 2, mostPauseMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  function failed(error: unknown): boolean {
    deps.events.failed(error);
    return false;
  }

  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}

function createLook(places: Places, settleMs: number, now: () => number): PassDependencies["look"] {
  const wholeFiles = createWholeFiles(settleMs, now);
  let made = false;
  return async () => {
    if (!made) await makePlaces(places);
    made = true;
    const names = await wholeFiles(places.in);
    // After the first time never `in` itself: where it is missing a share may be away, and the rest is not to be made there.
    await makePlaces(places);
    return names;
  };
}

/** Tells of a fault when it begins, not each time it is met. Answers whether nothing is to be tried again. */
function createTeller(events: HandoverEvents) {
  let before = new Set<string>();
  return (faults: readonly HandoverFault[]): boolean => {
    const keys = faults.map((fault) => JSON.stringify(fault));
    for (const [at, fault] of faults.entries()) if (!before.has(keys[at] ?? "")) events.handoverFault(fault);
    before = new Set(keys);
    events.handoverFaults(faults.length);
    return faults.every(({ code }) => code === "intake.no-file");
  };
}
