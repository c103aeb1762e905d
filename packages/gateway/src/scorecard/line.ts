import type { NodeId } from "@xinqiao/protocol/identity";
import type { Score } from "./score.ts";

/** How one source did in one month. */
export interface ScoreLine extends Score {
  readonly source: NodeId;
  /** `2026-11`, by the city's calendar. */
  readonly month: string;
  /** Rows that the source has kept back for their faults, by its own word. */
  readonly keptBack: number;
  /** Corrections opened in the month, those completed and those that became late. */
  readonly corrections: number;
  readonly completed: number;
  readonly late: number;
  /** From the source's decision until the city knew of the correction, on average; null where none was opened. */
  readonly hoursUntilKnown: number | null;
  /** From opened to completed, on average; null where none is. */
  readonly hours: number | null;
}
