import type { UseRule } from "./rule.ts";

/** Very many subjects in a day for one purpose: somebody reads a register through. */
export const manySubjects: UseRule = {
  name: "many-subjects",
  find(
    { day, to, breadths },
    {
      thresholds: {
        manySubjects: { atLeast },
      },
    },
  ) {
    return breadths
      .filter(({ subjects }) => subjects >= atLeast)
      .map(({ member, purpose, subjects: count, entries }) => ({
        ...{ member, from: day, to, count, threshold: atLeast, entries, of: purpose },
      }));
  },
};
