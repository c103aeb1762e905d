/** So many rows may go without an operator's word, or one in so many; but never all of them. */
const [few, oneIn] = [20, 10];

/** @param known how many rows there are, counted no further than it is told to */
export function isMoreThanGoes(gone: number, known: (most: number) => number): boolean {
  if (gone === 0) return false;
  const enough = gone > few ? gone * oneIn : gone + 1;
  return known(enough) < enough;
}
