import type { UseRule } from "./rule.ts";

/** Makes a median absolute deviation comparable to a standard deviation. */
const normal = 1.4826;

/** Far more lookups in an hour than the same hour of the same weekday used to have: median and MAD, so that one bad week moves nothing. */
export const unusualVolume: UseRule = {
  name: "unusual-volume",
  find({ from, to, volumes }, { thresholds: { unusualVolume: limits } }) {
    return volumes
      .filter(({ past }) => past.length >= limits.leastWeeks)
      .map(({ past, ...volume }) => ({ ...volume, threshold: thresholdOf(past, limits) }))
      .filter(({ lookups, threshold }) => lookups > threshold)
      .map(({ member, lookups: count, threshold, entries }) => ({
        ...{ member, from, to, count, threshold, entries },
      }));
  },
};

/** A past without any spread still varies by chance, as counts do: by the root of what is usual, and by one at least. */
function thresholdOf(
  past: readonly number[],
  { deviations, atLeast }: { readonly deviations: number; readonly atLeast: number },
): number {
  const usual = median(past);
  const spread = normal * median(past.map((count) => Math.abs(count - usual)));
  const reached = usual + deviations * Math.max(spread, Math.sqrt(usual), 1);
  return Math.max(Math.round(reached * 10) / 10, atLeast - 1);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
