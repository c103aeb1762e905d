import { hash } from "node:crypto";
import { type Alert, alertEntries } from "@xinqiao/protocol/audit";
import type { HourFacts } from "./facts.ts";
import { manySubjects } from "./many-subjects.ts";
import { newPurpose } from "./new-purpose.ts";
import { outsideHours } from "./outside-hours.ts";
import type { Finding, RuleContext, UseRule } from "./rule.ts";
import { unusualVolume } from "./unusual-volume.ts";
import { watchedSubject } from "./watched-subject.ts";

export const useRules: readonly UseRule[] = [
  unusualVolume,
  outsideHours,
  manySubjects,
  watchedSubject,
  newPurpose,
];

/** All that the rules find unusual in an hour. The same finding has the same id, whenever it is found. */
export function findAlerts(facts: HourFacts, context: RuleContext): Alert[] {
  return useRules.flatMap((rule) => rule.find(facts, context).map((finding) => alertOf(rule, finding)));
}

function alertOf({ name: rule }: UseRule, finding: Finding): Alert {
  const { member, from, to, count, threshold, entries, of = "" } = finding;
  return {
    alert: hash("sha256", JSON.stringify([rule, member, from, of]), "hex").slice(0, 32),
    rule,
    member,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    count,
    threshold,
    entries: entries.slice(0, alertEntries),
  };
}
