import type { Criteria } from "@xinqiao/protocol/audit";
import { parseSubject, type Subject, subjectText } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Member, Role } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  type AppendError,
  type AuditLog,
  caseField,
  type NonceClaim,
  type ProofSource,
} from "../log/index.ts";
import type { SearchIndex } from "../search/index.ts";

/** What a member asks of the log; it is known who asks. */
export interface AuditRequest<Asked> {
  readonly asked: Asked;
  readonly member: Member;
  readonly requestId: string;
  readonly claim: NonceClaim;
  readonly traceId: string;
}

export interface AuditDependencies {
  readonly log: AuditLog;
  readonly index: SearchIndex;
  readonly tagKey: Uint8Array;
  readonly source: Pick<ProofSource, "evidence">;
  readonly identifierExceptions: ReadonlySet<string>;
}

export type AuditError =
  /** The request itself; not in the log yet. */
  | { readonly refused: Fault }
  /** The log took nothing. */
  | { readonly failed: AppendError }
  /** It is in the log, and could not be answered. */
  | { readonly unanswered: Fault };

export interface LogPlace {
  readonly origin: string;
  readonly index: number;
  readonly size: number;
  readonly root: string;
}

/** Who may look at everybody's entries is listed as an auditor, and is nothing else. */
export const auditors: readonly Role[] = ["auditor"];

export interface Act {
  readonly by: readonly Role[];
  readonly subject?: Subject | undefined;
  readonly entry: ActEntry;
  /** Why it cannot be done, whoever may do it. */
  readonly check?: () => Promise<Fault | undefined>;
}

/** Checks who asks, and about whom, and has it in the log before anything is looked for. */
export async function begin(
  { member, requestId: exchange, claim, traceId }: Omit<AuditRequest<unknown>, "asked">,
  act: Act,
  { log, identifierExceptions }: Pick<AuditDependencies, "log" | "identifierExceptions">,
): Promise<Result<LogPlace, AuditError>> {
  const objection = objectionTo(member, act.by) ?? subjectFault(act.subject, identifierExceptions);
  if (objection) return err({ refused: objection });
  const refused = await act.check?.();
  if (refused) return err({ refused });
  const appended = await log.append({ ...act.entry, exchange, actor: member.node, traceId }, claim);
  return appended.ok ? ok({ origin: log.origin, ...appended.value }) : err({ failed: appended.error });
}

/** What an entry about a search only commits to of its criteria. */
export function committed({ subject, caseReference }: Criteria): {
  readonly private?: Record<string, string>;
} {
  if (subject === undefined && caseReference === undefined) return {};
  return {
    private: {
      ...(subject && { subject: subjectText(subject) }),
      ...(caseReference !== undefined && { [caseField]: caseReference }),
    },
  };
}

type AuditKind =
  | "audit.searched"
  | "audit.counted"
  | "audit.reviewed"
  | "audit.exported"
  | "audit.books-read"
  | "alert.acknowledged"
  | "case.checked"
  | "subject.stated";

type WithoutIds<Draft> = Draft extends { kind: AuditKind }
  ? Omit<Draft, "exchange" | "actor" | "traceId">
  : never;

/** The entry of such an act, but for who acts. */
export type ActEntry = WithoutIds<LogEntryDraft>;

function objectionTo({ role, status }: Member, by: readonly Role[]): Fault | undefined {
  if (status !== "active") return fault("policy.member-not-active");
  return by.includes(role) ? undefined : fault("policy.role-not-allowed", undefined, { role });
}

function subjectFault(subject: Subject | undefined, exceptions: ReadonlySet<string>): Fault | undefined {
  const parsed = subject && parseSubject(subject, { exceptions });
  return parsed?.ok === false ? parsed.error : undefined;
}
