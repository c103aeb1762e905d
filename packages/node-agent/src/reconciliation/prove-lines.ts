import type { Fault } from "@xinqiao/protocol/problem";
import { leavesSchema, mostLeaves, type Unproven } from "@xinqiao/protocol/reconciliation";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { nextHop } from "@xinqiao/protocol/trace";
import { parseJson } from "@xinqiao/protocol/transport";
import type { BookLine } from "../book/index.ts";
import { type CallDependencies, type CallError, callGateway, invalidReply } from "../lookup/index.ts";
import { leavesThatSay, type ReadLeaf, readLeaf } from "./leaf-says.ts";
import type { LogView } from "./log-view.ts";

const timeoutMs = 60_000;

/** Lines checked at once: the gateway has others to serve. */
const atOnce = 8;

export interface ProvedLines {
  readonly unproven: readonly Unproven[];
  /** How many came after the newest checkpoint: nothing can be said of them yet. */
  readonly uncovered: number;
}

/**
 * Checks that the city's log has of each line what this member's book has: the leaves say so, they stand in the tree
 * of the checkpoint that this member holds the log to, and the log still begins with the tree that the reply named.
 */
export async function proveLines(
  lines: readonly BookLine[],
  view: LogView,
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<ProvedLines, CallError>> {
  const unproven: Unproven[] = [];
  let uncovered = 0;
  for (let from = 0; from < lines.length; from += mostLeaves) {
    const page = lines.slice(from, from + mostLeaves);
    const leaves = await leavesOf(page, deps, signal);
    if (!leaves.ok) return leaves;
    for (let first = 0; first < page.length; first += atOnce) {
      const some = page.slice(first, first + atOnce);
      const proving = some.map((line, place) =>
        proveLine(line, leaves.value[first + place] ?? [], view, deps),
      );
      for (const proved of await Promise.all(proving)) {
        if (!proved.ok) return err({ by: "agent", fault: proved.error });
        if (proved.value === "uncovered") uncovered += 1;
        else if (proved.value !== "proven") unproven.push(proved.value);
      }
    }
  }
  return ok({ unproven, uncovered });
}

async function leavesOf(
  lines: readonly BookLine[],
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<readonly (readonly ReadLeaf[])[], CallError>> {
  const exchanges = lines.map(({ side, exchange }) => ({ side, exchange }));
  const call = {
    path: "/v1/reconciliations/leaves",
    body: { exchanges },
    requestId: deps.entropy.uuid(),
    timeoutMs,
  };
  const reply = await callGateway(call, nextHop(undefined, deps.entropy.hex), deps, signal);
  if (!reply.ok) return reply;
  const given = parseJson(reply.value, leavesSchema);
  if (!given.ok) return invalidReply(given.error.code);
  return ok(given.value.leaves.map((leaves) => leaves.flatMap(readLeaf)));
}

/** Whether a line is proven, or by what it is not. */
async function proveLine(
  line: BookLine,
  leaves: readonly ReadLeaf[],
  view: LogView,
  { node }: Pick<CallDependencies, "node">,
): Promise<Result<Unproven | "proven" | "uncovered", Fault>> {
  const { side, exchange, place } = line;
  const newest = Math.max(place?.size ?? 0, ...leaves.map(({ given }) => given.index + 1));
  if (newest > view.head.size) return ok("uncovered");
  const began = place === null ? ok(true) : await view.beganWith(place.size, place.root);
  if (!began.ok) return began;
  if (!began.value) return ok({ side, exchange, by: "consistency" });
  const said = leavesThatSay(line, leaves, node);
  if (said === undefined) return ok({ side, exchange, by: "inclusion-proof" });
  for (const { index, leaf } of said) {
    const holds = await view.holds(index, leaf);
    if (!holds.ok) return holds;
    if (!holds.value) return ok({ side, exchange, by: "inclusion-proof" });
  }
  return ok("proven");
}
