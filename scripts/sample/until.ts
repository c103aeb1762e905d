import { setTimeout as delay } from "node:timers/promises";
import { SampleError } from "./sample-error.ts";

export const longestWaitMs = 120_000;
const pauseMs = 100;

/** Looks again and again until there is something. @param late what is said when there was nothing for too long */
export async function until<T>(
  look: () => Promise<T | undefined>,
  late: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let waited = 0; waited < longestWaitMs; waited += pauseMs) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(pauseMs, undefined, signal && { signal });
  }
  throw new SampleError(late);
}
