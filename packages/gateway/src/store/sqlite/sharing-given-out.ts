import type { NodeId } from "@xinqiao/protocol/identity";
import type { Shared } from "@xinqiao/protocol/sync";
import type { MemberSet, MemberSets } from "./sharing-member-sets.ts";
import type { Readers } from "./sharing-readers.ts";

/** A version that is held, as another takes its place. */
export interface GivenVersion {
  /** By its item alone where more is not known. */
  readonly shared: Shared | Pick<Shared, "item">;
  /** Where its line is, and where it was told first: in another feed the same may have been told again. */
  readonly position: number;
  readonly givenAt: number;
  readonly isGone: boolean;
  readonly until: string | null;
  /** What stands beside it: who was handed one before it, and the last day that any of those names. */
  readonly given: MemberSet;
  readonly givenUntil: string | null;
  /** Whether its line was lost, and with it what stood beside it. */
  readonly isLost: boolean;
}

/** What stands beside a version of which no other was before. */
export const neverGiven: Pick<GivenVersion, "given" | "givenUntil"> = { given: null, givenUntil: null };

/** The last day of one that names none. */
const noEnd = "9999-12-31";

export interface GivenOut {
  /** Who may hold it: it was handed to them, and has not ended by itself. */
  holders(version: GivenVersion, today: string): ReadonlySet<NodeId>;
  /**
   * What stands beside the version that takes its place.
   * @param waiting who has not acknowledged this one yet: where its line was lost nothing else tells that they have an older one
   */
  after(
    version: GivenVersion,
    today: string,
    waiting: readonly NodeId[],
  ): Pick<GivenVersion, "given" | "givenUntil">;
}

/**
 * Who was handed what. A line that is gone or has ended was handed to those only who were given one before it; when one has
 * ended as it said it would, whoever was given it has dropped it. Who was given one before this may hold that yet: it was told
 * of none while it might not hold the item.
 */
export function createGivenOut({
  readers,
  sets,
}: {
  readonly readers: Readers;
  readonly sets: MemberSets;
}): GivenOut {
  const handed = (version: GivenVersion, position: number, today: string): MemberSet =>
    isOver(version, today)
      ? version.given
      : sets.union(version.given, readers.past(version.shared, position));
  return {
    holders: (version, today) => sets.nodes(handed(version, version.givenAt, today)),
    after(version, today, waiting) {
      const { position, until, givenUntil } = version;
      const older = version.isLost ? sets.of(waiting) : null;
      const last = older !== null ? noEnd : isOver(version, today) ? null : (until ?? noEnd);
      return {
        given: sets.union(handed(version, position, today), older),
        givenUntil: last === null || (givenUntil !== null && last < givenUntil) ? givenUntil : last,
      };
    },
  };
}

const isOver = ({ isGone, until }: GivenVersion, today: string) =>
  isGone || (until !== null && until < today);
