import type { CreditRecord } from "./record.ts";

const undisclosedStates: ReadonlySet<CreditRecord["state"]> = new Set(["repaired", "withdrawn"]);

/** Whether it was repaired or withdrawn: it is disclosed on no day. */
export const isGone = ({ state }: Pick<CreditRecord, "state">): boolean => undisclosedStates.has(state);

/**
 * Whether a record may be handed out on a day (`YYYY-MM-DD`, local). A repaired record never is: repair
 * ends publication, sharing and use together (《深圳经济特区社会信用条例》art. 81–82). An annotated one is, with its
 * annotation (art. 43). Publication runs through its last day.
 */
export function isDisclosable(
  record: Pick<CreditRecord, "state" | "disclosedUntil">,
  onDay: string,
): boolean {
  if (isGone(record)) return false;
  return record.disclosedUntil === undefined || onDay <= record.disclosedUntil;
}
