import type { NodeId } from "@xinqiao/protocol/identity";
import type { OpenedPage } from "@xinqiao/protocol/sync";
import type { ToldRecords } from "../screening/index.ts";
import type { Hub, LoggedPage } from "./ports.ts";

type Copy = Pick<Hub, "told"> & ToldRecords;

export interface TrustedCopy {
  readonly copy: Copy;
  /** A source has handed a page over, and was told how far the hub is. */
  heard(source: NodeId, page: Pick<OpenedPage, "feed" | "hash">): void;
}

/** Between a page's entry and the page itself. */
const mostBetweenMs = 3_600_000;

/**
 * What sources have told, without those of which the log has taken a newer page than the hub: that was put back alone, and
 * what it has of them may have been corrected since. One counts again once it has told all that it holds.
 * @param logged pages as the log has taken them, the newest first
 */
export function createTrustedCopy(
  hub: Copy & Pick<Hub, "standing" | "isWhole" | "has" | "past">,
  logged: Iterable<LoggedPage>,
): TrustedCopy {
  const doubted = sourcesBehind(hub, logged);
  const isTrusted = (source: NodeId) => !doubted.has(source);
  return {
    copy: {
      told: (source, ...asked) => (isTrusted(source) ? hub.told(source, ...asked) : undefined),
      tellers: () => hub.tellers().filter(({ node }) => isTrusted(node)),
      about: (...asked) => hub.about(...asked).filter(({ source }) => isTrusted(source)),
      stands: hub.stands,
      readTogether: hub.readTogether,
    },
    heard(source, { feed, hash }) {
      if (isTrusted(source)) return;
      const { place } = hub.past(source);
      if (place?.feed !== feed || place.head !== hash) return;
      if (hub.isWhole(source)) doubted.delete(source);
    },
  };
}

function sourcesBehind(hub: Pick<Hub, "standing" | "has">, logged: Iterable<LoggedPage>): Set<NodeId> {
  const { sources } = hub.standing();
  const unseen = new Set(sources.map(({ source }) => source));
  // What is older was in the hub when its newest page came.
  const since = Math.max(...sources.map(({ at }) => at)) - mostBetweenMs;
  const behind = new Set<NodeId>();
  if (unseen.size === 0) return behind;
  for (const { source, at, ...place } of logged) {
    if (at < since) break;
    if (unseen.delete(source) && !hub.has(source, place)) behind.add(source);
    if (unseen.size === 0) break;
  }
  return behind;
}
