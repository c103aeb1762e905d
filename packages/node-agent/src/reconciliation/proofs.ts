import type { NodeId } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Explanation, GivenLeaf, Unproven } from "@xinqiao/protocol/reconciliation";
import { ok, type Result } from "@xinqiao/protocol/result";
import { leavesThatSay, leavesThatSayErased, leavesThatSayNotTaken } from "./leaf-says.ts";
import type { LogView } from "./log-view.ts";
import type { ProveLine } from "./prove-lines.ts";

/** Of a line that both sides tell alike: whether it is proven, or by what it is not. */
export type Told = Unproven["by"] | "proven" | "erased";

/**
 * The leaves say what this member's book says, they stand in the tree of the checkpoint that this member holds the log
 * to, and the log still begins with the tree that the reply named. `erased`: all of it but the answers, of which the log
 * proves that it has destroyed evidence since.
 */
export function proveTold(view: LogView, self: NodeId): ProveLine<Told> {
  return async (line, leaves) => {
    const { place } = line;
    const said = leavesThatSay(line, leaves, self);
    const erased = said === undefined ? leavesThatSayErased(line, leaves, self) : undefined;
    const newest = Math.max(place?.size ?? 0, ...leaves.map(({ given }) => given.index + 1));
    if (newest > view.head.size) return ok("uncovered");
    const began = place === null ? ok(true) : await view.beganWith(place.size, place.root);
    if (!began.ok) return began;
    if (!began.value) return ok("consistency");
    const holds = await allHold(said ?? erased, view);
    if (!holds.ok) return holds;
    if (!holds.value) return ok("inclusion-proof");
    return ok(said === undefined ? "erased" : "proven");
  };
}

/** Whether the log proves why an exchange is not told alike (AU-12.7). Nobody's word counts for it. */
export function proveExplained(view: LogView, self: NodeId): ProveLine<Explanation | "unexplained"> {
  return async (line, leaves) => {
    const erased = leavesThatSayErased(line, leaves, self);
    const said = erased ?? leavesThatSayNotTaken(line, leaves, self);
    if (said?.some(({ index }) => index >= view.head.size)) return ok("uncovered");
    const holds = await allHold(said, view);
    if (!holds.ok) return holds;
    if (!holds.value) return ok("unexplained");
    return ok(erased === undefined ? "answer-not-taken" : "evidence-erased");
  };
}

async function allHold(
  said: readonly GivenLeaf[] | undefined,
  view: LogView,
): Promise<Result<boolean, Fault>> {
  for (const { index, leaf } of said ?? []) {
    const holds = await view.holds(index, leaf);
    if (!holds.ok || !holds.value) return holds;
  }
  return ok(said !== undefined);
}
