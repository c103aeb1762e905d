import { join, resolve } from "node:path";
import {
  baseCatalogue,
  type Catalogue,
  catalogueDocumentSchema,
  indexCatalogue,
} from "@xinqiao/protocol/catalogue";
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
    registryKey: absoluteKey(config.registryKey, home),
    enrolments: absolute(config.enrolments),
    acts: absolute(config.acts),
    signingKey: absoluteKey(config.signingKey, home),
    log: absolute(config.log),
    ...(config.catalogue !== undefined && { catalogue: absolute(config.catalogue) }),
    ...(config.upstream.caFile !== undefined && {
      upstream: { ...config.upstream, caFile: absolute(config.upstream.caFile) },
    }),
  };
}

export async function loadCatalogue(config: Pick<GatewayConfig, "catalogue">): Promise<Catalogue> {
  const document =
    config.catalogue === undefined
      ? baseCatalogue()
      : await readConfig(catalogueDocumentSchema, config.catalogue);
  return indexCatalogue(document);
}
