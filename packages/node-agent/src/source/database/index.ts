export {
  type DatabaseSourceConfig,
  databaseSourceSchema,
  identifierSchema,
  tableNameSchema,
} from "./config.ts";
export { createDatabaseSource } from "./database-source.ts";
export { type DatabaseLocation, openDatabase } from "./open.ts";
export type { BoundValue, DatabaseRow, PlatformDatabase } from "./port.ts";
export { quoted, quotedTable } from "./statement.ts";
