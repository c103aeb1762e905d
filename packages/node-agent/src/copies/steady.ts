import { groupName } from "@xinqiao/protocol/digests";
import { ok, type Result } from "@xinqiao/protocol/result";
import type { Subscription } from "@xinqiao/protocol/sync";
import type { CallError } from "../lookup/index.ts";
import { compareCopies, type GroupCompared } from "./compare.ts";
import type { CopiesDependencies } from "./port.ts";

/** Under steady change each comparison finds what is on its way: not the same twice. */
const mostComparisons = 4;

export const differs = ({ differences, cut, moved }: GroupCompared): boolean =>
  cut || moved || differences.length > 0;

/** Compares until what differs has been found twice in a row, and nothing changed meanwhile. */
export async function compareSteadily(
  subscription: Subscription | null,
  deps: CopiesDependencies,
  signal: AbortSignal,
): Promise<Result<readonly GroupCompared[], CallError>> {
  let found = await compareCopies(subscription, deps, signal);
  for (let times = 1; found.ok && times < mostComparisons; times += 1) {
    if (!found.value.some(differs)) break;
    if (times > 1 && !found.value.some(({ moved }) => moved)) break;
    await deps.settled(signal);
    const again = await compareCopies(subscription, deps, signal);
    found = again.ok ? ok(inBoth(found.value, again.value)) : again;
  }
  return found;
}

/** As it is now, with what has differed before already. */
function inBoth(before: readonly GroupCompared[], now: readonly GroupCompared[]): readonly GroupCompared[] {
  const known = new Map(before.map((one) => [groupName(one.group), one]));
  return now.map((group) => {
    const earlier = known.get(groupName(group.group));
    // With more than are named nobody can tell which they were.
    if (earlier?.cut === true) return group;
    const names = new Set(earlier?.differences.map(({ key, how }) => `${how} ${key}`));
    const differences = group.differences.filter(({ key, how }) => names.has(`${how} ${key}`));
    return { ...group, differences };
  });
}
