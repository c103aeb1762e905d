export { type DatabaseSourceConfig, databaseSourceSchema, tableNameSchema } from "./config.ts";
export { createDatabaseSource } from "./database-source.ts";
