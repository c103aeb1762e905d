export { type DatabaseSourceConfig, databaseSourceSchema } from "./config.ts";
export { createDatabaseSource } from "./database-source.ts";
