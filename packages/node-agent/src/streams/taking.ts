import type { Catalogue } from "@xinqiao/protocol/catalogue";
import {
  basisOf,
  type RowMapping,
  type RowsDependencies,
  type StreamRow,
  takeRows,
} from "../intake/index.ts";
import { mappedItem } from "../source/index.ts";
import type { AgentStore, ImportCounts } from "../store/index.ts";
import type { ListConfig, TableConfig } from "./config.ts";
import type { StreamFault } from "./step.ts";

export interface StreamEvents {
  /** Rows were taken in or kept back; those that say what they said are not told of. */
  streamTaken(stream: string, counts: ImportCounts): void;
  /** The first of several in a row. */
  streamFault(stream: string, fault: StreamFault): void;
  /** How many streams do not go on now. */
  streamFaults(count: number): void;
  failed(error: unknown): void;
}

export interface TakingDependencies extends Omit<RowsDependencies, "store" | "catalogue"> {
  readonly store: Pick<AgentStore, "streams">;
  readonly catalogue: () => Catalogue;
  readonly events: StreamEvents;
}

/** Puts rows of one stream into the store. */
export interface Taking {
  readonly stream: string;
  /** What rows say depends on it: where it has changed all are to be read again. Nothing when the mapping does not fit. */
  basis(): string | undefined;
  readonly streams: AgentStore["streams"];
  /** Lets others write. */
  readonly giveWay: () => Promise<unknown>;
  /** Once with the cursor that they bring it to. */
  take(rows: readonly StreamRow[], cursor?: string): Promise<void>;
}

/** Throws a ConfigError when the mapping does not fit the catalogue. */
export function createTaking(
  stream: string,
  { item: code, fields, stateValues }: TableConfig | ListConfig,
  deps: TakingDependencies,
): Taking {
  const { streams } = deps.store;
  const itemNow = mappedItem(deps.catalogue, {
    code,
    mapped: Object.keys(fields),
    setting: `intake, ${stream}`,
  });
  const mappingNow = (): RowMapping | undefined => {
    const item = itemNow();
    return item && { stream, item, fields, stateValues };
  };
  streams.open(stream, code);
  return {
    stream,
    streams,
    giveWay: deps.giveWay,
    basis() {
      const mapping = mappingNow();
      return mapping && basisOf(mapping, deps);
    },
    async take(rows, cursor) {
      const mapping = mappingNow();
      if (mapping === undefined) return;
      const counts = await takeRows(rows, mapping, deps, cursor);
      if (counts.received > 0) deps.events.streamTaken(stream, counts);
    },
  };
}
