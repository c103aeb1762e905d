import type { NodeId } from "@xinqiao/protocol/identity";
import type { CorrectionAct, OwnRecords } from "../sharing/index.ts";
import { actOf, actWhileOpen } from "./annotation.ts";
import type { CaseShelf, HeldCase } from "./port.ts";

export interface ApplyDependencies {
  readonly node: NodeId;
  readonly own: OwnRecords;
  readonly shelf: Pick<CaseShelf, "all" | "annotated" | "settle">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Other open cases about the same record keep it annotated. */
export const othersOf = (
  { case: { opened } }: HeldCase,
  { node, shelf }: Pick<ApplyDependencies, "node"> & { readonly shelf: Pick<CaseShelf, "all"> },
) =>
  shelf
    .all()
    .map(({ case: other }) => other)
    .filter((other) => other.decided === undefined && other.opened.case !== opened.case)
    .filter((other) => other.opened.source === node && other.opened.record === opened.record)
    .map((other) => other.opened.kind);

/** Makes a record of this member's own be as its case says: annotated at once, and in the end as decided. The same once more changes nothing. */
export function applyCase(held: HeldCase, deps: ApplyDependencies): void {
  const { node, own, shelf, now } = deps;
  const { case: id, kind, source, record } = held.case.opened;
  if (source !== node || held.settled) return;
  const before = own.byId(record);
  if (before === undefined) return;
  const { decided } = held.case;
  const correct = (act: CorrectionAct | undefined) =>
    act !== undefined && own.correct(record, act, new Date(now()).toISOString());
  if (decided !== undefined) {
    correct(actOf(decided.outcome, before, othersOf(held, deps)));
    shelf.settle(id);
    return;
  }
  const isChanged = correct(actWhileOpen(before, kind));
  if (held.sinceVersion === undefined) shelf.annotated(id, before.version + Number(isChanged));
}
