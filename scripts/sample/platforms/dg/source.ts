import { mappingsOf, type SourceConfig, statesByValue } from "../mapping.ts";
import { database, reader } from "./accounts.ts";
import { dgTable, schema, stateColumn, stateValues } from "./tables.ts";

/** The agent reads Dongguan's own tables, through an account that can do nothing else. */
export function dgSource(port: number, readerPassword: string): SourceConfig {
  return {
    type: "database",
    name: "dongguan-platform",
    dialect: "postgres",
    // In a sample's agent.json, which only its owner can read; an operator would use `urlEnv`.
    url: `postgres://${reader}:${readerPassword}@127.0.0.1:${port}/${database}`,
    tables: mappingsOf(dgTable).map(({ item, table, scheme, identifier, fields }) => ({
      item,
      table: `${schema}.${table.name}`,
      subject: { scheme, column: identifier },
      fields: { ...fields },
      stateColumn,
      stateValues: statesByValue(stateValues),
    })),
  };
}
