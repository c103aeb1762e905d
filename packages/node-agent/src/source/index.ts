export {
  createSource,
  createSources,
  type SourceConfig,
  type SourceDependencies,
  type SourcesDependencies,
  sourceConfigSchema,
} from "./create.ts";
export type { InvalidRows, OnInvalid, RowReason } from "./invalid.ts";
export type { Found, Gap, RecordSource, SourceQuery } from "./port.ts";
