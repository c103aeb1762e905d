import type { NodeId } from "@xinqiao/protocol/identity";
import type { Directory } from "@xinqiao/protocol/registry";
import type { OpenedScreening, Screening, ScreeningPlan } from "@xinqiao/protocol/screening";
import type { Inbox, ReadingStanding } from "../sharing/index.ts";

interface Asked {
  readonly plan: Pick<ScreeningPlan, "items" | "jurisdictions">;
  readonly screening: Pick<Screening, "subjects">;
  readonly node: NodeId;
  readonly directory: Pick<Directory, "answering">;
}

/** As of when this member's copies have all that a screening looks through; nothing where they have not. Its own records are no copies. */
export function wholeSince(
  { scope, isReadAnew, wholeAt }: ReadingStanding,
  { plan, screening, node, directory }: Asked,
): number | undefined {
  if (scope === undefined || isReadAnew) return undefined;
  const { items, jurisdictions, subjectKinds } = scope;
  const others = [...plan.jurisdictions].filter((each) => directory.answering(each)?.node !== node);
  const isWithin =
    plan.items.every((item) => items.includes(item)) &&
    others.every((each) => jurisdictions === "all" || jurisdictions.includes(each)) &&
    screening.subjects.every(({ kind }) => subjectKinds === "all" || subjectKinds.includes(kind));
  return isWithin ? wholeAt : undefined;
}

/** Members whose records were looked through: what they told up to then is here. */
export function sourcesOf(
  { sources }: Pick<ScreeningPlan, "sources">,
  inbox: Pick<Inbox, "past">,
  wholeAt: number,
): OpenedScreening["sources"] {
  const asOf = new Date(wholeAt).toISOString();
  return [...sources].filter((node) => inbox.past(node).place !== undefined).map((node) => ({ node, asOf }));
}
