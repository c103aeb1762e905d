import type { Item } from "@xinqiao/protocol/catalogue";
import { type CreditRecord, isGone } from "@xinqiao/protocol/record";
import type { TimelinessRule } from "./rule.ts";

/** What is counted of one source's item in one month. */
export interface Score {
  readonly told: number;
  readonly refused: number;
  /** Records told for the first time that a rule says a time for, and those that were in time. */
  readonly judged: number;
  readonly timely: number;
  readonly required: number;
  readonly requiredFilled: number;
  readonly optional: number;
  readonly optionalFilled: number;
}

export const noScore: Score = {
  told: 0,
  refused: 0,
  judged: 0,
  timely: 0,
  required: 0,
  requiredFilled: 0,
  optional: 0,
  optionalFilled: 0,
};

export const addScores = (one: Score, other: Score): Score => ({
  told: one.told + other.told,
  refused: one.refused + other.refused,
  judged: one.judged + other.judged,
  timely: one.timely + other.timely,
  required: one.required + other.required,
  requiredFilled: one.requiredFilled + other.requiredFilled,
  optional: one.optional + other.optional,
  optionalFilled: one.optionalFilled + other.optionalFilled,
});

export interface Judging {
  readonly rules: readonly TimelinessRule[];
  /** The n-th working day after a day. */
  readonly workingDayAfter: (day: string, n: number) => string;
  /** The city's day on which it came. */
  readonly today: string;
  /** Whether the city has never had a version of it. */
  readonly isFirst: boolean;
}

/** Of one record that was taken. What is no longer disclosed has no fields, and is not judged by them. */
export function scoreOf(record: CreditRecord, item: Item | undefined, judging: Judging): Score {
  const told = { ...noScore, told: 1 };
  if (item === undefined || isGone(record)) return told;
  const [required, optional] = [true, false].map((of) =>
    item.fields.filter((field) => field.required === of),
  );
  const filled = (fields: Item["fields"] = []) =>
    fields.filter(({ name }) => (record.fields[name] ?? "") !== "").length;
  const dueOn = judging.isFirst ? lastDayFor(record, judging) : undefined;
  return {
    ...told,
    judged: dueOn === undefined ? 0 : 1,
    timely: dueOn !== undefined && judging.today <= dueOn ? 1 : 0,
    required: required?.length ?? 0,
    requiredFilled: filled(required),
    optional: optional?.length ?? 0,
    optionalFilled: filled(optional),
  };
}

/** The day of the decision does not count; the rule is the one in force on it. */
function lastDayFor(
  { item, occurredOn }: CreditRecord,
  { rules, workingDayAfter }: Judging,
): string | undefined {
  const inForce = rules.filter((rule) => rule.items.includes(item) && rule.from <= occurredOn);
  const rule = inForce.reduce<TimelinessRule | undefined>(
    (newest, each) => (newest === undefined || each.from > newest.from ? each : newest),
    undefined,
  );
  return rule && workingDayAfter(occurredOn, rule.workingDays);
}
