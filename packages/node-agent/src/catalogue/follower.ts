import {
  type CatalogueAnchor,
  catalogueType,
  type PublishedCatalogue,
  succeedCatalogue,
} from "@xinqiao/protocol/catalogue";
import { createFollower, type Follower, type Keep, type Origin } from "@xinqiao/runtime/published";

/** Follows the city's catalogue. */
export type CatalogueFollower = Follower<PublishedCatalogue>;

export interface CatalogueFollowerDependencies {
  readonly held: PublishedCatalogue | undefined;
  /** The city, and the keys that the registry held lists now. */
  readonly anchor: () => CatalogueAnchor;
  readonly origin: Origin;
  readonly keep: Keep;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onTaken: (catalogue: PublishedCatalogue) => void;
}

export function createCatalogueFollower({
  anchor,
  now,
  ...rest
}: CatalogueFollowerDependencies): CatalogueFollower {
  return createFollower({
    ...rest,
    kind: {
      name: "catalogue",
      type: catalogueType,
      succeed: (held, text) => succeedCatalogue(held, text, anchor(), now()),
    },
  });
}
