import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Directory } from "@xinqiao/protocol/registry";
import { mayHold, mayHoldItem } from "@xinqiao/protocol/sync";
import { hasWanted } from "./has-wanted.ts";
import type { Hub, PageToTake, VersionBefore } from "./ports.ts";

export interface HoldersDependencies {
  readonly hub: Pick<Hub, "subscribers">;
  readonly directory: () => Directory;
  readonly catalogue: () => Catalogue;
  readonly now: () => number;
}

type About = Pick<VersionBefore, "record" | "isLost">;

/**
 * Of those who were handed a version before, who wants it yet, or what it was, and is not kept from it. Nobody is looked at
 * before somebody was: most pages correct nothing.
 */
export function holdersBy(deps: HoldersDependencies, source: NodeId): PageToTake["holders"] {
  let entitled: ((about: About) => readonly NodeId[]) | undefined;
  return ({ given, ...about }) => {
    if (given.size === 0) return [];
    entitled ??= entitledBy(deps, source);
    return entitled(about).filter((node) => given.has(node));
  };
}

/**
 * Of all who read. One that is no active member any more was not kept from it, and one of an item that is not listed any more
 * may not have been: they are named, waited for or as gone. Nearly all records of a page are about the same, as far as this goes.
 */
function entitledBy({ hub, now, ...deps }: HoldersDependencies, source: NodeId) {
  const subscribers = hub.subscribers().filter(({ node }) => node !== source);
  const rules = { directory: deps.directory(), catalogue: deps.catalogue(), at: now() };
  const { directory, catalogue } = rules;
  const known = new Map<string, readonly NodeId[]>();

  function isEntitled(node: NodeId, { record, isLost = false }: About): boolean {
    const member = directory.member(node);
    if (member?.status !== "active" || !catalogue.items.has(record.item)) return true;
    // Of a line that was lost nobody knows where it was from.
    return isLost ? mayHoldItem(member, record, catalogue) : mayHold(member, record, rules);
  }

  return (about: About): readonly NodeId[] => {
    const { record, isLost = false } = about;
    const { item, jurisdiction, subject, places } = record;
    const key = JSON.stringify([item, jurisdiction, subject.kind, places, isLost]);
    const found =
      known.get(key) ??
      subscribers
        .filter(({ subscription }) => isLost || hasWanted(record, subscription))
        .map(({ node }) => node)
        .filter((node) => isEntitled(node, about));
    known.set(key, found);
    return found;
  };
}
