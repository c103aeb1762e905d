import { basename } from "node:path";
import type { Catalogue, Item } from "@xinqiao/protocol/catalogue";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction, UsccOptions } from "@xinqiao/protocol/identity";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AgentStore, ImportCounts, ImportSession, RowReason } from "../store/index.ts";
import { readCsv } from "./csv.ts";
import { decodeText, type Encoding } from "./encoding.ts";
import type { ImportFault } from "./fault.ts";
import { type Header, readHeader } from "./header.ts";
import { splitLines } from "./lines.ts";
import { type IntakeContext } from "./row-record.ts";
import type { SourceRow } from "./source-row.ts";
import { readBytes, type Survey, surveyFile } from "./survey.ts";
import { createTally, takeBatch, type Tally } from "./take-batch.ts";
import { DamagedWorkbook, readWorkbook, titlesOf } from "./workbook.ts";

export interface ImportProgress {
  /** Rows taken in so far, good and bad. */
  readonly received: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface ImportOptions extends UsccOptions {
  /** Item code; told by the header when absent. */
  readonly item?: string;
  readonly store: Pick<AgentStore, "imports">;
  readonly catalogue: Catalogue;
  readonly jurisdiction: Jurisdiction;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}
