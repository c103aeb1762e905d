import { join } from "node:path";
import { mappingsOf, type SourceConfig, statesByValue } from "../mapping.ts";
import { databaseFile, longgangTable, stateColumn, stateValues } from "./tables.ts";

/** The agent reads Longgang's own tables where they lie. */
export function longgangSource(folder: string): SourceConfig {
  return {
    type: "database",
    name: "longgang-platform",
    dialect: "sqlite",
    url: join(folder, databaseFile),
    tables: mappingsOf(longgangTable).map(({ item, table, scheme, identifier, fields }) => ({
      item,
      table: table.name,
      subject: { scheme, column: identifier },
      fields: { ...fields },
      stateColumn,
      stateValues: statesByValue(stateValues),
    })),
  };
}
