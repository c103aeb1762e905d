/**
 * The first entry of `from` to `to` (without it) that was not written before an instant; `to` when all were. Times hardly
 * go back, so that halving finds it.
 * @param writtenAt of an entry, in milliseconds since 1970, as `instant`
 */
export function firstSince(
  instant: number,
  [from, to]: readonly [from: number, to: number],
  writtenAt: (index: number) => number,
): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (writtenAt(middle) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
