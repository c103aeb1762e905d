import { reconciliationsSchema } from "@xinqiao/protocol/reconciliation";
import { reconciliationTables } from "@xinqiao/runtime/audit";
import { countOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";

export interface ReconciliationsOptions {
  readonly home: string;
  readonly member?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** How members' books compared with the log, through the running agent of an auditor. */
export async function reconciliations({
  home,
  member,
  limit,
  json,
}: ReconciliationsOptions): Promise<string> {
  const asked = { limit: countOf("--limit", limit), ...(member !== undefined && { member }) };
  const config = await loadConfig(home);
  const answered = await postLocal(config, "/v1/audit/reconciliations", asked);
  return json ? answered : reconciliationTables(reconciliationsSchema.parse(JSON.parse(answered)));
}
