/** @param sorted from the least; undefined of none */
export function quantile<T>(sorted: readonly T[], p: number): T | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
}
