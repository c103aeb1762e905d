import type { Fault } from "@xinqiao/protocol/problem";
import { err, type Result } from "@xinqiao/protocol/result";
import type { InFlight } from "@xinqiao/runtime/http";

/** Does what takes a place, if there is one. */
export async function within<T>(
  places: InFlight,
  work: () => Promise<Result<T, Fault>>,
): Promise<Result<T, Fault>> {
  const full = places.enter();
  if (full) return err(full);
  try {
    return await work();
  } finally {
    places.leave();
  }
}
