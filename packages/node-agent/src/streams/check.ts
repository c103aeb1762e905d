import { setImmediate } from "node:timers/promises";
import type { StreamsConfig } from "./config.ts";
import { openStreams, type StreamsDependencies } from "./open.ts";

const withinMs = 10_000;

/** Which streams cannot be read, and why; nothing is taken. Throws as opening them does. */
export async function streamsFaults(
  config: StreamsConfig,
  deps: Omit<StreamsDependencies, "events" | "giveWay">,
): Promise<readonly string[]> {
  const events = { streamTaken() {}, streamFault() {}, streamFaults() {}, failed() {} };
  const { streams, opened } = await openStreams(config, {
    ...deps,
    events,
    giveWay: () => setImmediate(),
  });
  await using _ = opened;
  const checked = streams.map(async ({ name, check }) => {
    const why = await check(AbortSignal.timeout(withinMs));
    return why === undefined ? [] : [`${name}: ${why}`];
  });
  return (await Promise.all(checked)).flat();
}
