import { join, resolve } from "node:path";
import { readConfig } from "@xinqiao/runtime/config";
import { absoluteKey } from "@xinqiao/runtime/keys";
import type { DeliveryConfig } from "../delivery/index.ts";
import { type AgentConfig, agentConfigSchema } from "./schema.ts";

export const configFileName = "agent.json";

/** Reads `agent.json` in `home` and makes its paths absolute. Throws a ConfigError with every fault. */
export async function loadConfig(home: string): Promise<AgentConfig> {
  const config = await readConfig(agentConfigSchema, join(home, configFileName));
  const absolute = (path: string) => resolve(home, path);
  return {
    ...config,
    registry: absolute(config.registry),
    peers: absolute(config.peers),
    catalogue: absolute(config.catalogue),
    signingKey: absoluteKey(config.signingKey, home),
    invitation: absolute(config.invitation),
    ...(config.encryptionKey !== undefined && { encryptionKey: absolute(config.encryptionKey) }),
    retiredEncryptionKeys: config.retiredEncryptionKeys.map(absolute),
    localToken: absolute(config.localToken),
    store: absolute(config.store),
    witness: absolute(config.witness),
    quarantine: absolute(config.quarantine),
    intake: {
      ...config.intake,
      ...(config.intake.folder !== undefined && { folder: absolute(config.intake.folder) }),
      databases: config.intake.databases.map((database) => withAbsoluteUrl(database, absolute)),
      services: config.intake.services.map((service) => withAbsoluteSecret(service, absolute)),
    },
    sources: config.sources.map((source) =>
      source.type === "database"
        ? withAbsoluteUrl(source, absolute)
        : source.type === "service"
          ? withAbsoluteSecret(source, absolute)
          : source,
    ),
    deliveries: config.deliveries.map((delivery) => absoluteDelivery(delivery, absolute)),
    ...(config.caFile !== undefined && { caFile: absolute(config.caFile) }),
  };
}

function absoluteDelivery(delivery: DeliveryConfig, absolute: (path: string) => string): DeliveryConfig {
  if (delivery.type === "file") return { ...delivery, folder: absolute(delivery.folder) };
  if (delivery.type !== "table" || delivery.dialect !== "sqlite" || delivery.url === undefined)
    return delivery;
  return { ...delivery, url: absolute(delivery.url) };
}

/** The key that is offered first, then those it replaced. */
export function encryptionKeyFiles({
  encryptionKey,
  retiredEncryptionKeys,
}: Pick<AgentConfig, "encryptionKey" | "retiredEncryptionKeys">): readonly string[] {
  return [...(encryptionKey === undefined ? [] : [encryptionKey]), ...retiredEncryptionKeys];
}

type Absolute = (path: string) => string;

function withAbsoluteUrl<T extends { readonly dialect: string; readonly url?: string | undefined }>(
  database: T,
  absolute: Absolute,
): T {
  return database.dialect === "sqlite" && database.url !== undefined
    ? { ...database, url: absolute(database.url) }
    : database;
}

function withAbsoluteSecret<
  T extends { readonly auth?: { readonly valueFile?: string | undefined } | undefined },
>(service: T, absolute: Absolute): T {
  return service.auth?.valueFile === undefined
    ? service
    : { ...service, auth: { ...service.auth, valueFile: absolute(service.auth.valueFile) } };
}
