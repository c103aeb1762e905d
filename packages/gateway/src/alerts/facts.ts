import type { NodeId } from "@xinqiao/protocol/identity";

/** Entries that show a fact: the first ones, by their indexes. */
interface Shown {
  readonly entries: readonly number[];
}

/** A member's lookups in the hour, and in the same hour of the weeks before, newest first, as far as it was there. */
export interface Volume extends Shown {
  readonly member: NodeId;
  readonly lookups: number;
  readonly past: readonly number[];
}

/** How many subjects a member looked up for one purpose since the day began. */
export interface Breadth extends Shown {
  readonly member: NodeId;
  readonly purpose: string;
  readonly subjects: number;
}

/** How many members looked one subject up since the day began. */
export interface Interest extends Shown {
  /** Keyed tag of the subject, hexadecimal: it goes into no entry. */
  readonly tag: string;
  readonly members: number;
}

/** A purpose that a member used in this hour for the first time. */
export interface FirstUse extends Shown {
  readonly member: NodeId;
  readonly purpose: string;
  /** When the member first used any, milliseconds since 1970. */
  readonly since: number;
}

/** What is known of one hour, when it is over; instants are milliseconds since 1970. */
export interface HourFacts {
  readonly from: number;
  readonly to: number;
  /** When its day began. */
  readonly day: number;
  readonly volumes: readonly Volume[];
  readonly breadths: readonly Breadth[];
  readonly interests: readonly Interest[];
  readonly firstUses: readonly FirstUse[];
}

/** What of it need not be read: below these no rule says anything. */
export interface FactFloors {
  readonly weeks: number;
  readonly subjects: number;
  readonly members: number;
}

export const hourMs = 3_600_000;

/** Beijing's midnight before an instant. */
export function dayBegin(at: number): number {
  const ahead = 8 * hourMs;
  return Math.floor((at + ahead) / (24 * hourMs)) * 24 * hourMs - ahead;
}
