import type { NodeId } from "../identity/index.ts";
import { createFederation, type Directory, type Registry, reopenRegistry } from "../registry/index.ts";
import type { Findings } from "./finding.ts";
import type { TakenEntry } from "./read-entries.ts";

/** Who had which keys, at every place of the log that a bundle speaks of. */
export interface Parties {
  /** By the versions taken before an entry. */
  before(index: number): { readonly own: Registry; readonly directory: Directory } | undefined;
}

interface Version {
  readonly index: number;
  readonly city: NodeId;
  readonly registry: Registry;
}

/**
 * Versions of registries that the log itself names by their hashes: who believes the log's key knows by it who was a
 * member, and with which keys.
 */
export function readParties(
  city: NodeId,
  taken: readonly TakenEntry[],
  texts: readonly string[],
  findings: Findings,
): Parties | undefined {
  const wrong = (index: number | string) => {
    findings.wrong(
      `第 ${index} 条所载的成员清单不在包内，或不是该版本`,
      `the registry that entry ${index} names is not here, or is another`,
    );
    return undefined;
  };
  if (texts.length !== taken.length) return wrong("?");
  const versions: Version[] = [];
  for (const [place, { index, entry }] of taken.entries()) {
    const opened = reopenRegistry(texts[place] ?? "", Date.parse(entry.at));
    const named = entry.kind === "peer.taken" ? entry.city : city;
    const same =
      opened.ok &&
      opened.value.hash === entry.hash &&
      opened.value.document.version === entry.version &&
      opened.value.document.iss === named;
    if (!same) return wrong(index);
    findings.proved(
      `${named} 的成员清单第 ${entry.version} 版自条目 ${index} 起生效`,
      `version ${entry.version} of ${named}'s registry counted from entry ${index} on`,
    );
    versions.push({ index, city: named, registry: opened.value });
  }
  return { before: (index) => partiesBefore(index, city, versions) };
}

function partiesBefore(index: number, city: NodeId, versions: readonly Version[]) {
  const newest = (of: NodeId) =>
    versions.findLast((version) => version.city === of && version.index < index)?.registry;
  const own = newest(city);
  if (own === undefined) return undefined;
  const peers = (own.document.peers ?? []).flatMap((peer) => {
    const theirs = newest(peer.city);
    if (theirs === undefined) return [];
    return [{ peer, directory: theirs.directory, members: theirs.document.members }];
  });
  return { own, directory: createFederation(own.directory, peers) };
}
