import { chinaDay } from "@xinqiao/runtime/calendar";
import { dayBegin, hourMs } from "./facts.ts";
import type { RuleContext, UseRule } from "./rule.ts";

/** Lookups at night, on a holiday, or on a weekend that is not worked. */
export const outsideHours: UseRule = {
  name: "outside-hours",
  find({ from, to, volumes }, context) {
    if (!isOutside(from, context)) return [];
    const { atLeast } = context.thresholds.outsideHours;
    return volumes
      .filter(({ lookups }) => lookups >= atLeast)
      .map(({ member, lookups: count, entries }) => ({
        ...{ member, from, to, count, threshold: atLeast, entries },
      }));
  },
};

function isOutside(at: number, { thresholds, isRestDay }: RuleContext): boolean {
  const { nightFrom, nightTo } = thresholds.outsideHours;
  const hour = (at - dayBegin(at)) / hourMs;
  const night =
    nightFrom > nightTo ? hour >= nightFrom || hour < nightTo : hour >= nightFrom && hour < nightTo;
  return night || isRestDay(chinaDay(at));
}
