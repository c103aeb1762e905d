import { err, ok, type Result } from "../result/index.ts";
import type { Code } from "./codes.ts";

/**
 * Why something was not done. `detail` is for people and never holds personal data;
 * `facts` are machine-readable (`{ skewSeconds: -42 }`).
 */
export interface Fault {
  readonly code: Code;
  readonly detail?: string;
  readonly facts?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export function fault(code: Code, detail?: string, facts?: Fault["facts"]): Fault {
  return { code, ...(detail !== undefined && { detail }), ...(facts && { facts }) };
}

/** Carries a fault through code that cannot return it: stream callbacks, middleware, constructors. */
export class FaultError extends Error {
  readonly fault: Fault;
  constructor(fault: Fault, options?: ErrorOptions) {
    super(`${fault.code}${fault.detail ? `: ${fault.detail}` : ""}`, options);
    this.name = "FaultError";
    this.fault = fault;
  }
}

/** Does work that may end in a fault it cannot return, and returns it. Any other exception goes on: it is a bug. */
export async function asResult<T>(work: () => T | Promise<T>): Promise<Result<T, Fault>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof FaultError) return err(error.fault);
    throw error;
  }
}
