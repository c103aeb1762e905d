import { hash } from "node:crypto";
import { type Alert, alertEntries } from "@xinqiao/protocol/audit";
import type { SubjectTag } from "../log/index.ts";
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

/** An alert, and apart from it what is not for everybody to read. */
export interface FoundAlert {
  readonly alert: Alert;
  /** Indexes of entries that show it. */
  readonly entries: readonly number[];
  /** Whom it is about, where that is one subject. */
  readonly about?: SubjectTag;
}

/** All that the rules find unusual in an hour. The same finding has the same id, whenever it is found. */
export function findAlerts(facts: HourFacts, context: RuleContext): FoundAlert[] {
  return useRules.flatMap((rule) => rule.find(facts, context).map((finding) => alertOf(rule, finding)));
}

function alertOf({ name: rule }: UseRule, finding: Finding): FoundAlert {
  const { member, from, to, count, threshold, entries, about, of = about ?? "" } = finding;
  const alert = {
    alert: hash("sha256", JSON.stringify([rule, member, from, of]), "hex").slice(0, 32),
    rule,
    member,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    count,
    threshold,
  };
  return { alert, entries: entries.slice(0, alertEntries), ...(about !== undefined && { about }) };
}
