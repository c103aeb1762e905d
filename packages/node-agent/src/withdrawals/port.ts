import type { Withdrawals } from "@xinqiao/protocol/authorisation";
import type { NodeId } from "@xinqiao/protocol/identity";

/** How far this node has followed the city's list. */
export interface Heard {
  /** The number up to which every withdrawal is known. */
  readonly number: number;
  /** When that was the whole list, by the gateway's word: seconds since 1970; 0 before the first. */
  readonly at: number;
}

/** The withdrawals that this node knows of. */
export interface WithdrawalBook {
  heard(): Heard;
  has(authorisation: { readonly issuer: NodeId; readonly id: string }): boolean;
  /** Takes a page that goes on from what was heard, in one step. */
  take(page: Withdrawals): void;
}
