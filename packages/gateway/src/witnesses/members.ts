import type { NodeId } from "@xinqiao/protocol/identity";
import type { RegistryDocument } from "@xinqiao/protocol/registry";

/** A member that can be asked to cosign. */
export interface WitnessMember {
  readonly node: NodeId;
  readonly endpoint: string;
}

/** Every active member that can be reached, but for the city itself: it is the one that is watched. */
export function witnessesOf({ iss, members }: Pick<RegistryDocument, "iss" | "members">): WitnessMember[] {
  return members.flatMap(({ node, endpoint, status }) =>
    node !== iss && status === "active" && endpoint !== undefined ? [{ node, endpoint }] : [],
  );
}
