import { type WithdrawalReceipt, withdrawalReceiptSchema } from "@xinqiao/protocol/authorisation";
import { fault } from "@xinqiao/protocol/problem";
import { err, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { parseJson } from "@xinqiao/protocol/transport";
import { type CallDependencies, type CallError, callGateway } from "../lookup/index.ts";
import type { AuthorisationBook } from "./port.ts";

export interface WithdrawDependencies extends CallDependencies {
  readonly book: AuthorisationBook;
}

const timeoutMs = 10_000;

/** Takes back what this member has signed: the city's receipt says that no lookup is allowed by it any more. */
export async function withdrawAuthorisation(
  id: string,
  trace: TraceContext,
  deps: WithdrawDependencies,
  signal: AbortSignal,
): Promise<Result<WithdrawalReceipt, CallError>> {
  const byAgent = (reason: ReturnType<typeof fault>) => err({ by: "agent" as const, fault: reason });
  const signed = deps.book.signed(id);
  if (signed === undefined) return byAgent(fault("authorisation.not-found"));
  const reply = await callGateway(
    {
      path: "/v1/authorisations/withdrawals",
      body: { authorisation: id, token: signed.token },
      requestId: deps.entropy.uuid(),
      timeoutMs,
    },
    trace,
    deps,
    signal,
  );
  if (!reply.ok) return reply;
  const receipt = parseJson(reply.value, withdrawalReceiptSchema);
  return receipt.ok && receipt.value.authorisation === id
    ? receipt
    : byAgent(fault("gateway.response-invalid", "no receipt for this withdrawal"));
}
