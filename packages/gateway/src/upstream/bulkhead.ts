/** A bound on the calls to one node under way, so that a slow node cannot take the whole gateway. */
export interface Bulkhead {
  /** A place, as the function that gives it back (once; again does nothing); `undefined` when all are taken. */
  enter(): (() => void) | undefined;
  readonly inUse: number;
}

/**
 * There is no queue: waiting behind calls that are already slow only spends the caller's deadline.
 * @param places at most this many at a time
 */
export function createBulkhead(places: number): Bulkhead {
  let inUse = 0;
  return {
    enter() {
      if (inUse >= places) return undefined;
      inUse += 1;
      let inside = true;
      return () => {
        if (inside) inUse -= 1;
        inside = false;
      };
    },
    get inUse() {
      return inUse;
    },
  };
}
