import { criteriaUsed, type Search, type SearchAnswer } from "@xinqiao/protocol/audit";
import { parseSubject, type Subject, subjectText } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import { indexedCriteria } from "./indexed-criteria.ts";
import type { SearchIndex } from "./port.ts";

/** A search whose sender is known. */
export interface SearchRequest {
  readonly search: Search;
  readonly member: Member;
  readonly requestId: string;
  readonly claim: NonceClaim;
  readonly traceId: string;
}

export interface SearchLogDependencies {
  readonly log: AuditLog;
  readonly index: SearchIndex;
  readonly tagKey: Uint8Array;
  readonly identifierExceptions: ReadonlySet<string>;
}

export type AuditError =
  /** The request itself; not in the log yet. */
  | { readonly refused: Fault }
  /** The log took nothing. */
  | { readonly failed: AppendError }
  /** It is in the log, and could not be answered. */
  | { readonly unanswered: Fault };

/** An auditor searches the log. That it does is durable before anything is looked for. */
export async function searchLog(
  { search, member, requestId, claim, traceId }: SearchRequest,
  deps: SearchLogDependencies,
): Promise<Result<SearchAnswer, AuditError>> {
  const objection = objectionTo(member) ?? subjectFault(search.criteria.subject, deps);
  if (objection) return err({ refused: objection });
  const { criteria, limit, after } = search;
  const { subject } = criteria;
  const appended = await deps.log.append(
    {
      kind: "audit.searched",
      exchange: requestId,
      actor: member.node,
      traceId,
      criteria: criteriaUsed(criteria),
      ...(subject && { private: { subject: subjectText(subject) } }),
    },
    claim,
  );
  if (!appended.ok) return err({ failed: appended.error });
  const found = await deps.index.search({ criteria: indexedCriteria(criteria, deps.tagKey), limit, after });
  if (!found.ok) return err({ unanswered: found.error });
  const { lines, size, root, next } = found.value;
  const { origin } = deps.log;
  const log = { origin, ...appended.value };
  return ok({ lines: [...lines], head: { origin, size, root }, ...(next && { next }), log });
}

/** Who may look at everybody's entries is listed as an auditor, and is nothing else. */
function objectionTo({ role, status }: Member): Fault | undefined {
  if (status !== "active") return fault("policy.member-not-active");
  return role === "auditor" ? undefined : fault("policy.role-not-allowed", undefined, { role });
}

function subjectFault(
  subject: Subject | undefined,
  { identifierExceptions: exceptions }: SearchLogDependencies,
): Fault | undefined {
  const parsed = subject && parseSubject(subject, { exceptions });
  return parsed?.ok === false ? parsed.error : undefined;
}
