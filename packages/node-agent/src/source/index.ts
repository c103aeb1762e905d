export { mappedItem, unfit } from "./configured-item.ts";
export {
  createSource,
  createSources,
  type SourceConfig,
  type SourceDependencies,
  type SourcesDependencies,
  sourceConfigSchema,
} from "./create.ts";
export {
  type BoundValue,
  type DatabaseLocation,
  type DatabaseRow,
  identifierSchema,
  openDatabase,
  type PlatformDatabase,
  quoted,
  quotedTable,
  tableNameSchema,
} from "./database/index.ts";
export type { InvalidRows, OnInvalid, RowReason } from "./invalid.ts";
export { fieldsOf } from "./mapping.ts";
export { sourceNameSchema } from "./name.ts";
export { plainText } from "./plain-text.ts";
export type { Found, Gap, RecordSource, SourceQuery } from "./port.ts";
export { authValue, secret } from "./secret.ts";
export {
  authSchema,
  baseUrlSchema,
  createPlatformClient,
  type PlatformClient,
  rowsOf,
  valueAt,
} from "./service/index.ts";
