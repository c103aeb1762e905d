import { type OfficialDays, workingDayAfter } from "@xinqiao/runtime/calendar";
import { z } from "zod";

/** Within how many working days a member answers a notice of revocation that it is handed from a day on. */
export const revocationRuleSchema = z.strictObject({
  from: z.iso.date(),
  workingDays: z.number().int().positive().max(366),
});
export type RevocationRule = z.infer<typeof revocationRuleSchema>;

/** As long as a source has to decide upon a repair (art. 81). */
export const usualRevocationRules = [{ from: "2016-01-01", workingDays: 3 }];

/** The last day for the answer to a notice of today, by the newest rule that holds; by the oldest where none does yet. */
export function revocationDueOn(rules: readonly RevocationRule[], today: string, days: OfficialDays): string {
  const inOrder = [...rules].sort((one, other) => one.from.localeCompare(other.from));
  const rule = inOrder.findLast(({ from }) => from <= today) ?? inOrder[0];
  return workingDayAfter(today, rule?.workingDays ?? 1, days);
}
