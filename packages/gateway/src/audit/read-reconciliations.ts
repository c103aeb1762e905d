import type { NodeId } from "@xinqiao/protocol/identity";
import {
  type ReconciliationsAnswer,
  type ReconciliationsRequest,
  reconciliationsPage,
} from "@xinqiao/protocol/reconciliation";
import { ok, type Result } from "@xinqiao/protocol/result";
import type { Reconciliations } from "../books/index.ts";
import { type AuditDependencies, type AuditError, type AuditRequest, auditors, begin } from "./begin.ts";

export interface ReadReconciliationsDependencies
  extends Pick<AuditDependencies, "log" | "identifierExceptions"> {
  readonly kept: Pick<Reconciliations, "list" | "newest">;
  /** Members that take part now. */
  readonly members: () => readonly NodeId[];
}

/** An auditor reads how members' books compared with the log, and who has not compared for long. */
export async function readReconciliations(
  request: AuditRequest<ReconciliationsRequest>,
  deps: ReadReconciliationsDependencies,
): Promise<Result<ReconciliationsAnswer, AuditError>> {
  const { member, limit = reconciliationsPage } = request.asked;
  const entry = { kind: "audit.books-read", member: member ?? null } as const;
  const begun = await begin(request, { by: auditors, entry }, deps);
  if (!begun.ok) return begun;
  const newest = deps.kept.newest();
  const { origin, index, size, root } = begun.value;
  return ok({
    reconciliations: deps.kept
      .list({ member, limit })
      .map(({ at, ...kept }) => ({ ...kept, at: new Date(at).toISOString() })),
    newest: deps.members().map((node) => ({ member: node, interval: newest.get(node) ?? null })),
    log: { origin, index, size, root },
  });
}
