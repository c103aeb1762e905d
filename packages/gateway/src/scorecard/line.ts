import type { NodeId } from "@xinqiao/protocol/identity";
import type { Score } from "./score.ts";

/** How one source did in one month. */
export interface ScoreLine extends Score {
  readonly source: NodeId;
  /** `2026-11`, by the city's calendar. */
  readonly month: string;
  /** Corrections opened in the month, those completed and those that became late. */
  readonly corrections: number;
  readonly completed: number;
  readonly late: number;
  /** From opened to completed, on average; null where none is. */
  readonly hours: number | null;
}
