import {
  type Enrolment,
  type EnrolmentContext,
  fingerprint,
  openEnrolment,
} from "@xinqiao/protocol/enrolment";
import type { NodeId } from "@xinqiao/protocol/identity";
import { thumbprint } from "@xinqiao/protocol/keys";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AuditLog } from "../log/index.ts";
import type { EnrolmentQueue, EnrolmentState } from "./queue.ts";

export interface ReceiveDependencies {
  readonly context: () => EnrolmentContext;
  readonly queue: EnrolmentQueue;
  readonly log: Pick<AuditLog, "append">;
  /** Writes down what operators did before: an invitation stands in the log before it is used. */
  readonly catchUp: () => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What whoever asks is told. */
export interface EnrolmentReceipt {
  readonly enrolment: string;
  readonly node: NodeId;
  readonly state: EnrolmentState;
  /** What the member's operator reads to the city's over the telephone. */
  readonly fingerprint: string;
}

/** A voucher's name is never free again: its place in the log's table of nonces is kept this long. */
const claimMs = 100 * 365 * 86_400_000;

/**
 * Takes a request in: checked, kept, logged, and only then said to be received. Sent again, because a reply was lost,
 * it is the same request; another one on the same voucher is refused.
 */
export async function receiveEnrolment(
  text: string,
  { context, queue, log, catchUp, now }: ReceiveDependencies,
): Promise<Result<EnrolmentReceipt, Fault>> {
  const opened = openEnrolment(text, context(), now());
  if (!opened.ok) return opened;
  const { id, member } = opened.value;
  const state = await queue.put({ id, node: member.node, text });
  if (state === "used") return err(fault("enrolment.voucher-used"));
  if (state === "full") return err(fault("enrolment.queue-full"));
  await catchUp();
  const claim = { keyId: "enrolment", nonce: id, expiresAt: now() + claimMs };
  const logged = await log.append(entryOf(opened.value), claim);
  // Logged when it came first.
  if (!logged.ok && logged.error.code !== "signature.replayed") return logged;
  return ok({ enrolment: id, node: member.node, state, fingerprint: fingerprint(text) });
}

function entryOf({ id, by, member, key }: Enrolment) {
  return {
    kind: "enrolment.requested",
    exchange: null,
    actor: by === "endorsement" ? member.node : null,
    enrolment: id,
    node: member.node,
    by,
    keyId: thumbprint(key.jwk),
  } as const;
}
