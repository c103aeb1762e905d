import { resolve } from "node:path";
import { secret } from "../../source/index.ts";
import type { Platform } from "../port.ts";
import type { DeliveryConfig } from "./config.ts";
import { openSqliteTable } from "./sqlite.ts";

export interface PlatformDependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Throws a ConfigError when a secret is missing. Nothing is connected to yet. */
export async function openPlatform(config: DeliveryConfig, { env }: PlatformDependencies): Promise<Platform> {
  const url = secret(config.url, config.urlEnv, env, `deliveries.${config.name}.url`);
  return openSqliteTable({ ...config, path: resolve(url) });
}
