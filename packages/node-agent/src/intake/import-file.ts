import { basename } from "node:path";
import { type Catalogue, type Item, type ItemCode, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction, UsccOptions } from "@xinqiao/protocol/identity";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AgentStore, ImportCounts, ImportSession } from "../store/index.ts";
import type { Encoding } from "./encoding.ts";
import type { ImportFault } from "./fault.ts";
import { readHeader } from "./header.ts";
import { openRows, ReadFailure, type RowSource } from "./rows.ts";
import type { SourceRow } from "./source-row.ts";
import { type Survey, surveyFile } from "./survey.ts";
import { type Contested, createTally, type RowReport, type Tally, takeBatch } from "./take-batch.ts";
import { titlesOf } from "./workbook.ts";

/** Rows of one transaction: large enough to be fast, small enough that a running agent is not kept waiting for long. */
const usualBatch = 500;

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
  readonly catalogue: Pick<Catalogue, "items" | "version">;
  readonly jurisdiction: Jurisdiction;
  /** Takes a file as if none like it had come before: its rows also undo what came after that. */
  readonly force?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
  /** Rows of one transaction. */
  readonly batchRows?: number;
  /** Called after each: who imports beside an agent that serves lets it write in between. */
  readonly giveWay?: () => Promise<unknown>;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportReport extends ImportCounts, Contested {
  /** The import's number in the store, by which its kept-back rows are found. */
  readonly import: number;
  readonly file: string;
  /** Of the file's bytes, in hex. */
  readonly sha256: string;
  readonly item: ItemCode;
  readonly format: Survey["format"];
  /** Of a CSV file. */
  readonly encoding?: Encoding;
  /** The file's header row. */
  readonly titles: readonly string[];
  /** Columns of the file that the item does not have; they were left out. */
  readonly unknownColumns: readonly string[];
  /** Sheets of the workbook that were not read. */
  readonly ignoredSheets: readonly string[];
  /** The first hundred rows kept back. */
  readonly rows: readonly RowReport[];
}

/**
 * Takes a national file (CSV or Excel) into the store. Every row is accepted, unchanged, a duplicate, or
 * quarantined with its line and its reasons; the same file again changes nothing, not even what has changed
 * since it was taken first. A fault means that the import counts for nothing; rows already taken in stay, and
 * importing again completes it.
 */
export async function importFile(
  path: string,
  options: ImportOptions,
): Promise<Result<ImportReport, ImportFault>> {
  const items = itemsMeant(options);
  if (items === undefined) return err({ code: "import.item-unknown" });
  const survey = await surveyFile(path, options.signal);
  if (!survey.ok) return survey;
  const source = openRows(path, survey.value, items, options.signal);
  try {
    return await importRows(path, survey.value, source, items, options);
  } catch (error) {
    if (error instanceof ReadFailure) return err(error.fault);
    throw error;
  } finally {
    await source.rows.return(undefined);
  }
}

function itemsMeant({ item, catalogue }: ImportOptions): readonly Item[] | undefined {
  if (item === undefined) return [...catalogue.items.values()];
  const code = itemCodeSchema.safeParse(item);
  const found = code.success ? catalogue.items.get(code.data) : undefined;
  return found && [found];
}

async function importRows(
  path: string,
  survey: Survey,
  source: RowSource,
  items: readonly Item[],
  options: ImportOptions,
): Promise<Result<ImportReport, ImportFault>> {
  const head = await source.rows.next();
  if (head.done === true || "reason" in head.value) return err({ code: "import.header-missing" });
  const header = readHeader(titlesOf(head.value.cells), items);
  if (!header.ok) return header;
  const { item, titles, unknown } = header.value;
  const { imports } = options.store;
  const startedAt = isoNow(options);
  const incoming = { file: basename(path), sha256: survey.sha256, item: item.code, startedAt };
  const session = imports.start(incoming, options.force ? undefined : imports.earlier(incoming));
  try {
    const tally = createTally();
    const intake = {
      ...options,
      recordedAt: startedAt,
      catalogueVersion: options.catalogue.version,
    };
    for await (const batch of batches(source.rows, options.batchRows ?? usualBatch)) {
      takeBatch(batch, { header: header.value, intake, session, tally });
      const { bytes } = source;
      options.onProgress?.({ received: tally.counts.received, bytes, totalBytes: survey.bytes });
      await options.giveWay?.();
    }
    if (!(await survey.unchanged())) return err({ code: "import.file-changed" });
    await finish(session, tally, options);
    return ok({
      import: session.id,
      file: incoming.file,
      sha256: incoming.sha256,
      item: incoming.item,
      format: survey.format,
      ...(survey.format === "csv" && { encoding: survey.encoding }),
      ...tally.counts,
      ...tally.contested,
      titles,
      unknownColumns: unknown,
      ignoredSheets: source.ignoredSheets,
      rows: tally.rows,
    });
  } finally {
    session.close();
  }
}

/** The rows of a file that is to be put right are kept for when it comes again, some at a time as they were taken. */
async function finish(session: ImportSession, { counts }: Tally, options: ImportOptions): Promise<void> {
  const isWhole = counts.quarantined === 0;
  while (!isWhole && session.keepRows()) await options.giveWay?.();
  session.finish(counts, isoNow(options));
  while (session.dropEarlierRows()) await options.giveWay?.();
}

async function* batches(rows: AsyncIterable<SourceRow>, size: number): AsyncGenerator<readonly SourceRow[]> {
  let batch: SourceRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function isoNow({ now }: ImportOptions): string {
  return new Date(now()).toISOString();
}
