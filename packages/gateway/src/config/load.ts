import { join, resolve } from "node:path";
import { readConfig } from "@xinqiao/runtime/config";
import { absoluteKey } from "@xinqiao/runtime/keys";
import { type GatewayConfig, gatewayConfigSchema } from "./schema.ts";

export const configFileName = "gateway.json";

/** Reads `gateway.json` in `home` and makes its paths absolute. Throws a ConfigError with every fault. */
export async function loadConfig(home: string): Promise<GatewayConfig> {
  const config = await readConfig(gatewayConfigSchema, join(home, configFileName));
  const absolute = (path: string) => resolve(home, path);
  return {
    ...config,
    registry: absolute(config.registry),
    catalogue: absolute(config.catalogue),
    registryKey: absoluteKey(config.registryKey, home),
    enrolments: absolute(config.enrolments),
    peers: absolute(config.peers),
    acts: absolute(config.acts),
    signingKey: absoluteKey(config.signingKey, home),
    log: absolute(config.log),
    reconciliations: absolute(config.reconciliations),
    sharing: absolute(config.sharing),
    search: absolute(config.search),
    logKey: absoluteKey(config.logKey, home),
    alarms: absolute(config.alarms),
    logTagKey: absolute(config.logTagKey),
    ...(config.officialDays !== undefined && { officialDays: absolute(config.officialDays) }),
    ...(config.upstream.caFile !== undefined && {
      upstream: { ...config.upstream, caFile: absolute(config.upstream.caFile) },
    }),
  };
}
