import type { Bundle, ProofRequest } from "@xinqiao/protocol/bundle";
import type { ProofAudience } from "@xinqiao/protocol/log";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AuditError, AuditRequest } from "../audit/index.ts";
import type { AuditLog } from "../log/index.ts";
import { type IndexedEntry, readLeaf } from "./indexed-entry.ts";
import { type BundleDependencies, makeBundle } from "./make-bundle.ts";

export interface ProveDependencies extends BundleDependencies {
  readonly log: AuditLog;
}

/** Proves an exchange to the member that asked for it, or to an auditor. That it does is durable before anything is handed over. */
export async function prove(
  { asked: { exchange }, member, requestId, claim, traceId }: AuditRequest<ProofRequest>,
  deps: ProveDependencies,
): Promise<Result<Bundle, AuditError>> {
  const told = entriesFor(member, exchange, deps);
  if (!told.ok) return err({ refused: told.error });
  const { entries, as } = told.value;
  const bundle = await makeBundle(exchange, entries, as, deps);
  if (!bundle.ok) return err({ refused: bundle.error });
  const appended = await deps.log.append(
    {
      kind: "audit.proved",
      exchange: requestId,
      actor: member.node,
      traceId,
      proved: exchange,
      as,
      entries: entries.length,
    },
    claim,
  );
  return appended.ok ? bundle : err({ failed: appended.error });
}

interface Told {
  readonly entries: readonly IndexedEntry[];
  readonly as: ProofAudience;
}

/** Its own exchange is a member's to see; who is neither asker nor auditor does not learn that there is one. */
function entriesFor(
  { node, role, status }: Member,
  exchange: string,
  { source }: Pick<ProveDependencies, "source">,
): Result<Told, Fault> {
  if (status !== "active") return err(fault("policy.member-not-active"));
  const all = source.entriesOf(exchange).map(readLeaf);
  const own = all.filter(({ entry }) => {
    const requester = "requester" in entry ? entry.requester : undefined;
    return (requester ?? entry.actor) === node;
  });
  if (own.length > 0) return ok({ entries: own, as: "requester" });
  if (role === "auditor" && all.length > 0) return ok({ entries: all, as: "auditor" });
  return err(fault("audit.exchange-unknown"));
}

/** For the city's operator, who has the files anyway. */
export async function proveToOperator(
  exchange: string,
  deps: BundleDependencies,
): Promise<Result<Bundle, Fault>> {
  const entries = deps.source.entriesOf(exchange).map(readLeaf);
  if (entries.length === 0) return err(fault("audit.exchange-unknown"));
  return makeBundle(exchange, entries, "operator", deps);
}
