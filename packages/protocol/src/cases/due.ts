import { z } from "zod";
import type { NodeId } from "../identity/index.ts";
import type { Case } from "./take-step.ts";

const workingDays = z.number().int().positive();

/** Deadlines in working days, from a day on: law changes, and a case keeps those of the day on which it was opened. */
export const caseTermsSchema = z.strictObject({
  from: z.iso.date(),
  objection: z.strictObject({ check: workingDays, decide: workingDays, extend: workingDays }),
  repair: z.strictObject({ decide: workingDays, extend: workingDays }),
});
export type CaseTerms = z.infer<typeof caseTermsSchema>;

/** 《深圳经济特区社会信用条例》, in force since 2023-03-01: objections art. 49–50, repairs art. 81. */
export const officialCaseTerms: readonly CaseTerms[] = [
  {
    from: "2023-03-01",
    objection: { check: 1, decide: 2, extend: 3 },
    repair: { decide: 3, extend: 3 },
  },
];

/** Whose turn it is, and the last day on which it is in time. */
export interface Due {
  readonly by: NodeId;
  readonly on: string;
}

export interface CaseCalendar {
  readonly terms: readonly CaseTerms[];
  /** The city's calendar day of an instant in seconds since 1970. */
  readonly dayOf: (seconds: number) => string;
  readonly workingDayAfter: (day: string, days: number) => string;
}

/** The terms in force on a day; nothing before the first. */
export function termsOn(terms: readonly CaseTerms[], day: string): CaseTerms | undefined {
  return terms.filter(({ from }) => from <= day).reduce<CaseTerms | undefined>(later, undefined);
}

const later = (held: CaseTerms | undefined, next: CaseTerms): CaseTerms =>
  held === undefined || held.from < next.from ? next : held;

/** What a case waits for; nothing once it is decided, or where no terms were in force. */
export function dueOf(
  { opened, checked, extended, decided }: Case,
  city: NodeId,
  { terms, dayOf, workingDayAfter }: CaseCalendar,
): Due | undefined {
  const openedOn = dayOf(opened.iat);
  const inForce = termsOn(terms, openedOn);
  if (decided !== undefined || inForce === undefined) return undefined;
  if (opened.kind === "objection" && checked === undefined) {
    return { by: city, on: workingDayAfter(openedOn, inForce.objection.check) };
  }
  const { decide, extend } = inForce[opened.kind];
  const begun = dayOf((checked ?? opened).iat);
  return { by: opened.source, on: workingDayAfter(begun, decide + (extended === undefined ? 0 : extend)) };
}
