import type { Fault } from "@xinqiao/protocol/problem";
import { leavesSchema, mostLeaves } from "@xinqiao/protocol/reconciliation";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { nextHop } from "@xinqiao/protocol/trace";
import type { BookLine } from "../book/index.ts";
import { askGateway, type CallDependencies, type CallError } from "../lookup/index.ts";
import { type ReadLeaf, readLeaf } from "./leaf-says.ts";

/** Lines checked at once: the gateway has others to serve. */
const atOnce = 8;

/** What the log's proofs say of a line, given the leaves that the gateway has handed out for it. */
export type ProveLine<Proved> = (
  line: BookLine,
  leaves: readonly ReadLeaf[],
) => Promise<Result<Proved | "uncovered", Fault>>;

/**
 * Has the leaves of each line given, and proves it by them. `uncovered`: it came after the newest checkpoint, and
 * nothing can be said of it yet.
 */
export async function proveLines<Proved>(
  lines: readonly BookLine[],
  prove: ProveLine<Proved>,
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<readonly (readonly [BookLine, Proved | "uncovered"])[], CallError>> {
  const all: [BookLine, Proved | "uncovered"][] = [];
  for (let from = 0; from < lines.length; from += mostLeaves) {
    const page = lines.slice(from, from + mostLeaves);
    const leaves = await leavesOf(page, deps, signal);
    if (!leaves.ok) return leaves;
    for (let first = 0; first < page.length; first += atOnce) {
      const some = page.slice(first, first + atOnce);
      const proving = some.map(async (line, place) => {
        const proved = await prove(line, leaves.value[first + place] ?? []);
        return proved.ok ? ok<[BookLine, Proved | "uncovered"]>([line, proved.value]) : proved;
      });
      for (const proved of await Promise.all(proving)) {
        if (!proved.ok) return err({ by: "agent", fault: proved.error });
        all.push(proved.value);
      }
    }
  }
  return ok(all);
}

async function leavesOf(
  lines: readonly BookLine[],
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<readonly (readonly ReadLeaf[])[], CallError>> {
  const exchanges = lines.map(({ side, exchange }) => ({ side, exchange }));
  const call = { path: "/v1/reconciliations/leaves", body: { exchanges }, answer: leavesSchema };
  const given = await askGateway(call, nextHop(undefined, deps.entropy.hex), deps, signal);
  if (!given.ok) return given;
  return ok(given.value.leaves.map((leaves) => leaves.flatMap(readLeaf)));
}
