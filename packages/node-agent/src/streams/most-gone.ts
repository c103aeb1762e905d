/** So many rows may go without an operator's word, or one in so many. */
const [few, oneIn] = [20, 10];

/**
 * Whether more rows have been deleted at once than go by themselves.
 * @param known how many rows there are, counted no further than it is told to
 */
export function isMoreThanGoes(gone: number, known: (most: number) => number): boolean {
  return gone > few && known(gone * oneIn) < gone * oneIn;
}

/** Where nothing but their absence says so, all rows are too many, however few: a view that is broken is empty. */
export function isMoreThanIsMissed(gone: number, known: number): boolean {
  return isMoreThanGoes(gone, () => known) || (gone > 0 && gone >= known);
}
