import { searchSchema } from "@xinqiao/protocol/audit";
import { proofRequestSchema } from "@xinqiao/protocol/bundle";
import { err } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import { proveExchange, searchLog } from "../audit/index.ts";
import type { CallDependencies } from "../lookup/index.ts";
import type { LocalWork } from "./local-call.ts";

export interface AuditWorkDependencies {
  readonly audit: CallDependencies;
}

/** `POST /v1/audit/searches`: goes to the city as it is, signed. */
export function searchFor({ audit: deps }: AuditWorkDependencies): LocalWork {
  return async (body, trace, gone) => {
    const search = parseJson(body, searchSchema);
    if (!search.ok) return err({ by: "agent" as const, fault: search.error });
    return searchLog(search.value, trace, deps, gone);
  };
}

/** `POST /v1/audit/proofs`: the bundle of an exchange, as the city made it. */
export function proveFor({ audit: deps }: AuditWorkDependencies): LocalWork {
  return async (body, trace, gone) => {
    const asked = parseJson(body, proofRequestSchema);
    if (!asked.ok) return err({ by: "agent" as const, fault: asked.error });
    return proveExchange(asked.value, trace, deps, gone);
  };
}
