import { ok, type Result } from "../result/index.ts";
import {
  type DigestBook,
  isKeyOf,
  isWhole,
  type Range,
  type RangeDigest,
  rangeOf,
  rangeParts,
} from "./range.ts";

/** One record of which two books do not say the same: `here` is the one that asks. */
export interface Difference {
  readonly key: string;
  readonly how: "only-here" | "only-there" | "otherwise";
}

export interface Compared {
  readonly differences: readonly Difference[];
  /** Whether there are more: the search was ended. */
  readonly cut: boolean;
  /** Whether the other book has changed meanwhile: what was found may have been on its way only. */
  readonly moved: boolean;
  /** Questions that waited for the one before: the depth, whatever the differences. */
  readonly steps: number;
}

/** Asks the other book for ranges, in their order. */
export type AskRanges<E> = (prefixes: readonly string[]) => Promise<Result<readonly Range[], E>>;

/** Most that are named: with more it is cheaper to have all of it again. */
export const mostDifferences = 10_000;

/**
 * Finds where another book differs: all parts that differ are asked for at once, a level a step. Equal books take none
 * beyond the range that was compared first.
 * @param there the other's whole range, as it was asked for
 * @param invalid for an answer that does not say what its own digest does
 */
export async function compareBooks<E>(
  here: DigestBook,
  there: Range,
  ask: AskRanges<E>,
  invalid: () => Result<never, E>,
): Promise<Result<Compared, E>> {
  const differences: Difference[] = [];
  let moved = false;
  let open: (readonly [string, RangeDigest, Range | undefined])[] = [["", there, there]];
  let steps = 1;
  while (open.length > 0 && differences.length < mostDifferences) {
    const unasked = open.filter(([, , range]) => range === undefined).map(([prefix]) => prefix);
    const answered = unasked.length === 0 ? ok([]) : await ask(unasked);
    if (!answered.ok) return answered;
    steps += unasked.length === 0 ? 0 : 1;
    const next: [string, RangeDigest, undefined][] = [];
    const ranges = answered.value.values();
    for (const [prefix, said, held] of open) {
      const range = held ?? ranges.next().value;
      if (range === undefined || !isWhole(range)) return invalid();
      if (range.digest !== said.digest) moved = true;
      next.push(...compareRange(prefix, range, here, differences));
    }
    open = next;
  }
  const cut = open.length > 0 || differences.length > mostDifferences;
  return ok({ differences: differences.slice(0, mostDifferences), cut, moved, steps });
}

/** @returns the parts in which a difference is still to be found */
function compareRange(
  prefix: string,
  there: Range,
  here: DigestBook,
  differences: Difference[],
): [string, RangeDigest, undefined][] {
  if (there.digest === rangeOf(prefix, here).digest) return [];
  if (there.entries !== undefined) {
    differences.push(...compareEntries(prefix, there.entries, here));
    return [];
  }
  const parts = there.parts ?? [];
  return rangeParts.flatMap((digit, at) => {
    const part = parts[at];
    const own = `${prefix}${digit}`;
    return part === undefined || part.digest === rangeOf(own, here).digest ? [] : [[own, part, undefined]];
  });
}

function compareEntries(
  prefix: string,
  there: NonNullable<Range["entries"]>,
  here: DigestBook,
): readonly Difference[] {
  const others = new Map(there.filter(({ key }) => isKeyOf(prefix, key)).map((entry) => [entry.key, entry]));
  const found: Difference[] = [];
  for (const { key, content } of here.entries(prefix, mostDifferences + others.size)) {
    const other = others.get(key);
    others.delete(key);
    if (other === undefined) found.push({ key, how: "only-here" });
    else if (other.content !== content) found.push({ key, how: "otherwise" });
  }
  return [...found, ...[...others.keys()].map((key) => ({ key, how: "only-there" as const }))];
}
