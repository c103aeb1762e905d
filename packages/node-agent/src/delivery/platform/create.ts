import { resolve } from "node:path";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { ConfigError } from "@xinqiao/runtime/config";
import { secret } from "../../source/index.ts";
import type { Platform } from "../port.ts";
import type { DeliveryConfig } from "./config.ts";
import { openFolder } from "./files.ts";
import { openSqliteTable } from "./sqlite.ts";
import { openWebhook } from "./webhook.ts";

export interface PlatformDependencies {
  readonly node: NodeId;
  /** Signs what is posted. */
  readonly signer: Signer;
  readonly now: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Throws a ConfigError when a secret is missing or an address is none. Nothing is connected to yet. */
export async function openPlatform(config: DeliveryConfig, deps: PlatformDependencies): Promise<Platform> {
  switch (config.type) {
    case "table":
      return openTable(config, deps);
    case "file":
      return openFolder(config);
    case "webhook":
      return openHook(config, deps);
  }
}

async function openTable(
  config: Extract<DeliveryConfig, { type: "table" }>,
  { env }: PlatformDependencies,
): Promise<Platform> {
  const url = secret(config.url, config.urlEnv, env, settingOf(config, "url"));
  if (config.dialect === "sqlite") return openSqliteTable({ ...config, path: resolve(url) });
  // Loaded when configured: an agent without a PostgreSQL stays smaller.
  const { openPostgresTable } = await import("./postgres.ts");
  return openPostgresTable({ ...config, url });
}

function openHook(
  config: Extract<DeliveryConfig, { type: "webhook" }>,
  { env, ...deps }: PlatformDependencies,
): Platform {
  const { name, auth, timeoutMs } = config;
  const setting = settingOf(config, "url");
  const url = secret(config.url, config.urlEnv, env, setting);
  if (!isSafe(url)) throw new ConfigError(setting, ["https, or http on this machine: records travel by it"]);
  const headers: Record<string, string> = auth
    ? { [auth.header.toLowerCase()]: secret(auth.value, auth.valueEnv, env, settingOf(config, "auth.value")) }
    : {};
  return openWebhook({ ...deps, name, url, headers, timeoutMs });
}

const settingOf = ({ name }: DeliveryConfig, setting: string) => `deliveries.${name}.${setting}`;

function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:") return true;
  return protocol === "http:" && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
