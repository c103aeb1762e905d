import type { UseRule } from "./rule.ts";

/** One person looked up by many members in a day: curiosity about somebody, where every member alone looks harmless. */
export const watchedSubject: UseRule = {
  name: "watched-subject",
  find(
    { day, to, interests },
    {
      thresholds: {
        watchedSubject: { atLeast },
      },
    },
  ) {
    return interests
      .filter(({ members }) => members >= atLeast)
      .map(({ tag, members: count, entries }) => ({
        ...{ member: null, from: day, to, count, threshold: atLeast, entries, about: tag },
      }));
  },
};
