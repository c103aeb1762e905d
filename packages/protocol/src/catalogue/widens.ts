import { disclosureClasses, type Field, type Item } from "./item.ts";
import type { Purpose } from "./purpose.ts";

/** Settings of an item by which more is disclosed than before. One that is new is disclosed by no purpose yet. */
export function itemWidens(before: Item | undefined, after: Item): readonly string[] {
  if (before === undefined) return [];
  const openness = ({ disclosure }: Item) => -disclosureClasses.indexOf(disclosure);
  return named({
    disclosure: openness(after) > openness(before),
    shareScope: gains(before.shareScope, after.shareScope),
    subjectKinds: gains(before.subjectKinds, after.subjectKinds),
    retentionYears: after.retentionYears > before.retentionYears,
    fields: showsMore(before.fields, after.fields),
    // Without its end a record is disclosed for ever.
    columns: endsOf(before).some((name) => !endsOf(after).includes(name)),
  });
}

/** Settings of a purpose by which more is disclosed than before. One that is not live discloses nothing. */
export function purposeWidens(before: Purpose | undefined, after: Purpose): readonly string[] {
  if (after.status !== "live") return [];
  if (before === undefined) return ["added"];
  const { validFrom = "", validUntil = forEver, graceSeconds = Number.POSITIVE_INFINITY } = after;
  return named({
    status: before.status !== "live",
    items: gains(before.items, after.items),
    subjectKinds: gains(before.subjectKinds, after.subjectKinds),
    jurisdictions: reachesFurther(before.jurisdictions, after.jurisdictions),
    needs: after.items.some((item) => needsMore(before.needs?.[item], after.needs?.[item])),
    authorisation: before.authorisation && !after.authorisation,
    answers: before.answers === "yes-no" && after.answers !== "yes-no",
    validFrom: validFrom < (before.validFrom ?? ""),
    validUntil: validUntil > (before.validUntil ?? forEver),
    graceSeconds: graceSeconds > (before.graceSeconds ?? Number.POSITIVE_INFINITY),
  });
}

/** Later than every day. */
const forEver = "9999-12-31";

function named(widened: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(widened).filter((name) => widened[name]);
}

function gains(before: readonly string[], after: readonly string[]): boolean {
  return after.some((entry) => !before.includes(entry));
}

function reachesFurther(before: Purpose["jurisdictions"], after: Purpose["jurisdictions"]): boolean {
  if (before === "all") return false;
  return after === "all" || gains(before, after);
}

type Needs = NonNullable<Purpose["needs"]>[keyof NonNullable<Purpose["needs"]>];

function needsMore(before: Needs, after: Needs): boolean {
  const columns = before?.only !== undefined && (after?.only === undefined || gains(before.only, after.only));
  return columns || gains(before?.whole ?? [], after?.whole ?? []);
}

/** How much of a value each masking hides. */
const hidden: Readonly<Record<Field["masking"], number>> = { none: 0, name: 1, identifier: 1, redact: 2 };

/** A column that is new, or hides less. */
function showsMore(before: readonly Field[], after: readonly Field[]): boolean {
  const was = new Map(before.map(({ name, masking }) => [name, hidden[masking]]));
  return after.some(({ name, masking }) => hidden[masking] < (was.get(name) ?? Number.POSITIVE_INFINITY));
}

function endsOf({ columns: { disclosedUntil, removedOn } }: Item): readonly string[] {
  return [disclosedUntil, removedOn].filter((name) => name !== undefined);
}
