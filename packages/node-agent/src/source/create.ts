import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction } from "@xinqiao/protocol/identity";
import { z } from "zod";
import type { AgentStore } from "../store/index.ts";
import { createComposite } from "./composite.ts";
import { createDatabaseSource, databaseSourceSchema } from "./database/index.ts";
import type { LiveDependencies } from "./dependencies.ts";
import { createFileSource, fileSourceSchema } from "./file/index.ts";
import type { OnInvalid } from "./invalid.ts";
import type { RecordSource } from "./port.ts";
import { createServiceSource, serviceSourceSchema } from "./service/index.ts";

/** One entry of `sources` in `agent.json`. */
export const sourceConfigSchema = z.discriminatedUnion("type", [
  fileSourceSchema,
  databaseSourceSchema,
  serviceSourceSchema,
]);
export type SourceConfig = z.output<typeof sourceConfigSchema>;

type Store = Pick<AgentStore, "find" | "imports">;

export interface SourceDependencies extends LiveDependencies {
  readonly store: Store;
}

/** Throws a ConfigError when the mapping does not fit the catalogue or a secret is missing. */
export async function createSource(config: SourceConfig, deps: SourceDependencies): Promise<RecordSource> {
  switch (config.type) {
    case "file":
      return createFileSource(config, deps.store);
    case "database":
      return createDatabaseSource(config, deps);
    case "service":
      return createServiceSource(config, deps);
  }
}

export interface SourcesDependencies {
  readonly store: Store;
  readonly catalogue: () => Catalogue;
  /** Undefined for a member that only asks: it has nothing to answer from. */
  readonly jurisdiction: Jurisdiction | undefined;
  readonly now: () => number;
  /** Told of rows that a live source gave and that are no records. */
  readonly onInvalid?: OnInvalid;
  /** Default: the process's own. */
  readonly env?: LiveDependencies["env"];
}

/** All of a member's sources as one; what was opened is closed again when one cannot be. */
export async function createSources(
  configs: readonly SourceConfig[],
  { store, catalogue, jurisdiction, now, onInvalid = () => {}, env = process.env }: SourcesDependencies,
): Promise<RecordSource> {
  if (jurisdiction === undefined) return createComposite([], now);
  const sources: RecordSource[] = [];
  try {
    for (const config of configs) {
      sources.push(await createSource(config, { store, catalogue, jurisdiction, now, onInvalid, env }));
    }
  } catch (error) {
    await Promise.all(sources.map((source) => source.close()));
    throw error;
  }
  return createComposite(sources, now);
}
