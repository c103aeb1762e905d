import type { Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { CorrectionLine } from "@xinqiao/protocol/sync";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { Hub } from "./ports.ts";

export interface CorrectionsQuestion {
  readonly limit: number;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

/** How corrections of a member's own records fare; the question stands in the log before it is answered. */
export async function readCorrections(
  { limit, member, requestId: exchange, traceId, claim }: CorrectionsQuestion,
  { hub, log }: { readonly hub: Pick<Hub, "corrections">; readonly log: Pick<AuditLog, "append"> },
): Promise<Result<{ readonly corrections: readonly CorrectionLine[] }, { readonly failed: AppendError }>> {
  const { node: actor } = member;
  const logged = await log.append({ kind: "corrections.read", exchange, actor, traceId }, claim);
  if (!logged.ok) return err({ failed: logged.error });
  return ok({ corrections: hub.corrections(actor, limit) });
}
