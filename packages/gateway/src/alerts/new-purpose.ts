import type { UseRule } from "./rule.ts";

const dayMs = 86_400_000;

/** A purpose that a member, which has its habits by now, never used before. */
export const newPurpose: UseRule = {
  name: "new-purpose",
  find(
    { from, to, firstUses },
    {
      thresholds: {
        newPurpose: { settledDays },
      },
    },
  ) {
    return firstUses
      .filter(({ since }) => from - since >= settledDays * dayMs)
      .map(({ member, purpose, entries }) => ({
        ...{ member, from, to, count: entries.length, threshold: 1, entries, of: purpose },
      }));
  },
};
