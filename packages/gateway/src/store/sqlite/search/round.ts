/** Goes through places in their order, some at a time, as often as it is begun. */
export interface Round<Place> {
  /** All of them once more. One that is going is not thrown back: it goes on to its end, and then once round again. */
  begin(): void;
  isGoing(): boolean;
  /** The next places, `most` of them; fewer at the end. */
  take(most: number): readonly Place[];
}

/** Going from the beginning. @param next the place after another, if there is one; @param start before all places */
export function createRound<Place>(next: (after: Place) => Place | undefined, start: Place): Round<Place> {
  let at = start;
  let rounds = 1;

  function step(): Place | undefined {
    const place = next(at);
    if (place === undefined) rounds -= 1;
    at = place ?? start;
    return place;
  }

  return {
    begin() {
      rounds = at === start ? 1 : 2;
    },
    isGoing: () => rounds > 0,
    take(most) {
      const taken: Place[] = [];
      for (let place = rounds > 0 ? step() : undefined; place !== undefined; place = step()) {
        taken.push(place);
        if (taken.length === most) break;
      }
      return taken;
    },
  };
}
