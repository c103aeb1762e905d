import type { NodeId } from "@xinqiao/protocol/identity";
import type { MeasureReport } from "@xinqiao/protocol/measures";

/** A report as it came. */
export interface KeptReport {
  readonly report: MeasureReport;
  readonly text: string;
  readonly sha256: string;
}

/** What members did about one source's records, by their newest reports. */
export interface MeasureCount {
  readonly source: NodeId;
  readonly applied: number;
  readonly partly: number;
  readonly notApplied: number;
  /** Of those applied, wholly or partly: how many stand on a record that was repaired or withdrawn since. */
  readonly overtaken: number;
}

/** What members have reported. What is written is on the disk once `durable` resolves. */
export interface Measures {
  /** A member's newer report about the same record of the same exchange replaces the one before; the text of each stays. */
  keepReport(kept: KeptReport): void;
  measureCounts(): readonly MeasureCount[];
  durable(): Promise<void>;
}
