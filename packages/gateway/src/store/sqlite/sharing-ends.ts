import type { CreditRecord } from "@xinqiao/protocol/record";
import { recordOfLine } from "./sharing-digests.ts";

/** The version that another takes the place of. */
interface Before {
  readonly line: string | null;
  readonly isLost: boolean;
  readonly until: string | null;
  readonly cut: string | null;
  readonly uncut: string | null;
  readonly endedAt: number | null;
}

export interface Ends {
  /** The last day on which it is in force, where a correction has brought that forward. */
  readonly cut: string | null;
  /** When it would have ended without; null: never, or nobody knows. */
  readonly uncut: string | null;
  /** Since when it is over for that; milliseconds since 1970. */
  readonly endedAt: number | null;
}

const notCut: Ends = { cut: null, uncut: null, endedAt: null };

interface Now {
  readonly today: string;
  readonly at: number;
}

/** Whether a correction ends a record that was in force: one that ends as it always said it would asks nobody for anything. */
export function endsOf(record: CreditRecord, before: Before | undefined, { today, at }: Now): Ends {
  const end = lastDay(record);
  if (end === null || before === undefined) return notCut;
  const isCutAlready = before.cut !== null;
  // Nobody knows when it would have ended.
  if (before.isLost && !isCutAlready) return notCut;
  const was = isCutAlready ? before.uncut : endBefore(before);
  const isCut = was === null || (end < was && (isCutAlready || today <= was));
  if (!isCut) return notCut;
  return { cut: end, uncut: was, endedAt: end < today ? (before.endedAt ?? at) : null };
}

/** On which day a record is last in force and disclosed; null when it names none. */
export function lastDay({
  validUntil,
  disclosedUntil,
}: Pick<CreditRecord, "validUntil" | "disclosedUntil">): string | null {
  const days = [validUntil, disclosedUntil].filter((day) => day !== undefined);
  return days.sort()[0] ?? null;
}

/** Of a line that is not there any more the day is known on which its publication ends. */
function endBefore({ line, until }: Before): string | null {
  const record = line === null ? undefined : recordOfLine(line);
  return record === undefined ? until : lastDay(record);
}
