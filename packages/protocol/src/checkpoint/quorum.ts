import { z } from "zod";
import type { NodeId } from "../identity/index.ts";
import type { Cosignature } from "./cosignature.ts";

/** How many organisations other than the log's own city must have seen a checkpoint. */
export const quorumPolicySchema = z.strictObject({ quorum: z.number().int().nonnegative() });
export type QuorumPolicy = z.infer<typeof quorumPolicySchema>;

export interface QuorumJudgement {
  readonly reached: boolean;
  /** The organisations that count, each once, in the order of their names. */
  readonly members: readonly NodeId[];
  /** How many more are needed. */
  readonly missing: number;
}

/**
 * Whether enough organisations cosigned. A member counts once, however many keys it cosigned with: a quorum asks for
 * parties that would have to agree to lie. The city whose log it is never counts: it is the one that is watched.
 */
export function judgeQuorum(
  city: NodeId,
  cosignatures: readonly Pick<Cosignature, "member">[],
  { quorum }: QuorumPolicy,
): QuorumJudgement {
  const others = cosignatures.map(({ member }) => member).filter((member) => member !== city);
  const members = [...new Set(others)].sort();
  return {
    reached: members.length >= quorum,
    members,
    missing: Math.max(0, quorum - members.length),
  };
}
