import type { NodeId } from "@xinqiao/protocol/identity";

/** What has become of a request. */
export type EnrolmentState = "pending" | "approved" | "rejected";

/** A request as it was received. */
export interface QueuedEnrolment {
  /** Names the voucher, which serves once. */
  readonly id: string;
  /** Whose key it asks to list. */
  readonly node: NodeId;
  /** As it travelled. */
  readonly text: string;
  /** ISO instant. */
  readonly receivedAt: string;
}

/** Requests for keys that wait for an operator, and those decided. A voucher that came in once stays used. */
export interface EnrolmentQueue {
  /** Keeps a request under its voucher's id. `used`: the voucher came in with another request. */
  put(entry: Pick<QueuedEnrolment, "id" | "node" | "text">): Promise<EnrolmentState | "used" | "full">;
  pending(): Promise<readonly QueuedEnrolment[]>;
  /** Says what was decided; the first decision stands. */
  decide(
    name: Pick<QueuedEnrolment, "id" | "node">,
    decision: Exclude<EnrolmentState, "pending">,
  ): Promise<void>;
}
