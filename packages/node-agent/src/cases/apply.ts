import type { NodeId } from "@xinqiao/protocol/identity";
import type { OwnRecords } from "../sharing/index.ts";
import { actAsIs, actOf, actWhileOpen } from "./annotation.ts";
import { contentAtOpening } from "./content.ts";
import type { CaseShelf, HeldCase } from "./port.ts";

export interface ApplyDependencies {
  readonly node: NodeId;
  readonly own: OwnRecords;
  readonly shelf: Pick<CaseShelf, "othersAbout" | "unapplied" | "begun" | "settle">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Makes a record of this member's own be as its case says: annotated at once, and in the end as decided. The same once more changes nothing. */
export function applyCase(held: HeldCase, deps: ApplyDependencies): void {
  const { node, own, shelf, now } = deps;
  const { case: id, kind, source, record } = held.case.opened;
  if (source !== node || held.settled) return;
  const before = own.byId(record);
  if (before === undefined) return;
  const { decided } = held.case;
  const at = new Date(now()).toISOString();
  if (decided !== undefined) {
    const act = actOf(decided.outcome, before, shelf.othersAbout(held.case.opened));
    own.correct(record, act ?? actAsIs(before), at, decided.version);
    shelf.settle(id);
    return;
  }
  const act = actWhileOpen(before, kind);
  if (act !== undefined) own.correct(record, act, at);
  if (held.content === undefined) shelf.begun(id, contentAtOpening(held.case.opened, before, own));
}

/** A record that a file brings after its case was heard is no exception: a store may have been made anew from its files. */
export function applyCases(deps: ApplyDependencies): void {
  for (const held of deps.shelf.unapplied(deps.node)) applyCase(held, deps);
}
