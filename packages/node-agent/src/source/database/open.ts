import { resolve } from "node:path";
import type { DatabaseSourceConfig } from "./config.ts";
import type { PlatformDatabase } from "./port.ts";
import { openSqlite } from "./sqlite.ts";

export type DatabaseLocation = Pick<DatabaseSourceConfig, "dialect" | "statementTimeoutMs" | "poolSize">;

/** A platform's database, read only. Nothing is connected to before the first question. */
export async function openDatabase(config: DatabaseLocation, url: string): Promise<PlatformDatabase> {
  if (config.dialect === "sqlite") return openSqlite(resolve(url), config.statementTimeoutMs);
  // Loaded when configured: an agent without a PostgreSQL stays smaller.
  const { openPostgres } = await import("./postgres.ts");
  return openPostgres({ ...config, url });
}
