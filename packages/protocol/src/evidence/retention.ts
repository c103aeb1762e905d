import type { Item } from "../catalogue/index.ts";

/** Shenzhen SEZ Social Credit Regulations art. 45: what was looked up, by whom and why is kept for five years at least. */
const fewestYears = 5;

/** Until when what a lookup of these items leaves is kept: as long as the longest-kept item. Milliseconds since 1970. */
export function keptUntil(at: number, items: readonly Pick<Item, "retentionYears">[]): number {
  const years = Math.max(fewestYears, ...items.map(({ retentionYears }) => retentionYears));
  const until = new Date(at);
  return until.setUTCFullYear(until.getUTCFullYear() + years);
}
