import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err } from "@xinqiao/protocol/result";

/** `why` is one of our own phrases: a driver's message may hold a statement, a host or a value. */
export function unavailable(source: string, why: string): { readonly ok: false; readonly error: Fault } {
  return err(fault("source.unavailable", `${source}: ${why}`, { source, why }));
}
