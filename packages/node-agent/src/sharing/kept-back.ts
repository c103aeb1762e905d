import type { KeptBack } from "@xinqiao/protocol/sync";
import { chinaDay, instantsOfMonth, monthBefore } from "@xinqiao/runtime/calendar";

/**
 * What was kept back this month and the one before: what came after a month's last page is told with the next one's first.
 * @param keptBack rows between two ISO instants
 */
export function keptBackLately(
  keptBack: (from: string, to: string) => number,
  now: number,
): readonly KeptBack[] {
  const month = chinaDay(now).slice(0, 7);
  return [month, monthBefore(month)].map((each) => {
    const { from, to } = instantsOfMonth(each);
    return { month: each, rows: keptBack(from, to) };
  });
}
