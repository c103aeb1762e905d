import { openAuthorisation, type Withdrawal, type WithdrawalReceipt } from "@xinqiao/protocol/authorisation";
import { type KeptRequest, keptUntil } from "@xinqiao/protocol/evidence";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";

/** A withdrawal whose sender is known. */
export interface WithdrawalRequest {
  readonly withdrawal: Withdrawal;
  readonly member: Member;
  readonly requestId: string;
  readonly claim: NonceClaim;
  readonly traceId: string;
  /** As it was signed: kept beside its entry. */
  readonly signed: KeptRequest;
}

export interface WithdrawDependencies {
  readonly directory: () => Directory;
  readonly log: AuditLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export type WithdrawError =
  /** The request itself; not in the log yet. */
  | { readonly refused: Fault }
  /** The log took nothing. */
  | { readonly failed: AppendError };

/**
 * Takes an authorisation back: from the entry on, which is durable before this resolves, no lookup is allowed by it.
 * Only the member that signed it may; one that is suspended may, too, and one that has ended is simply ended. Asked
 * again it is written again, and changes nothing.
 */
export async function withdraw(
  { withdrawal, member, requestId, claim, traceId, signed }: WithdrawalRequest,
  { directory, log, now }: WithdrawDependencies,
): Promise<Result<WithdrawalReceipt, WithdrawError>> {
  const opened = openAuthorisation(withdrawal.token, directory());
  if (!opened.ok) return err({ refused: opened.error });
  const { iss, jti, exp } = opened.value;
  if (iss !== member.node || jti !== withdrawal.authorisation) {
    return err({ refused: fault("authorisation.not-found") });
  }
  const appended = await log.append(
    {
      kind: "authorisation.withdrawn",
      exchange: requestId,
      actor: member.node,
      traceId,
      authorisation: jti,
      issuer: iss,
      until: new Date(exp * 1000).toISOString(),
    },
    claim,
    // Of whom it is, a token only commits to.
    { request: signed, until: keptUntil(now(), []) },
  );
  if (!appended.ok) return err({ failed: appended.error });
  const { index, size, root } = appended.value;
  return ok({ authorisation: jti, log: { origin: log.origin, index, size, root } });
}
