export {
  createSource,
  createSources,
  type SourceConfig,
  type SourceDependencies,
  type SourcesDependencies,
  sourceConfigSchema,
} from "./create.ts";
export { tableNameSchema } from "./database/index.ts";
export type { InvalidRows, OnInvalid, RowReason } from "./invalid.ts";
export { sourceNameSchema } from "./name.ts";
export type { Found, Gap, RecordSource, SourceQuery } from "./port.ts";
export { secret } from "./secret.ts";
export { authSchema } from "./service/index.ts";
