import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { baseCatalogue, signCatalogue } from "@xinqiao/protocol/catalogue";
import type { SuiteName } from "@xinqiao/protocol/keys";
import { type Member, memberSchema, signRegistry, suitesOf } from "@xinqiao/protocol/registry";
import { ConfigError, parseConfig } from "@xinqiao/runtime/config";
import { exists } from "@xinqiao/runtime/files";
import { createKeyFile, createSecretFile, keyFileOf, readSigner } from "@xinqiao/runtime/keys";
import { nextCatalogue, openCatalogueFolder } from "../catalogue/index.ts";
import { configFileName, type GatewayConfig, gatewayConfigSchema } from "../config/index.ts";
import { nextVersion, openRegistryFolder } from "../registry/index.ts";

export interface InitOptions {
  readonly home: string;
  readonly node: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly division: string;
  readonly listen: string;
  readonly admin: string;
  readonly origin?: string;
  readonly suite: SuiteName;
}

/** Makes a city's home: configuration, keys, a registry that holds the city itself, and a catalogue to start from. */
export async function init(options: InitOptions, now: number): Promise<Member> {
  const file = join(options.home, configFileName);
  if (await exists(file)) throw new ConfigError(file, ["already exists: choose another --home or remove it"]);
  const config = {
    node: options.node,
    name: { zh: options.nameZh, en: options.nameEn },
    division: options.division,
    origin: options.origin ?? `http://${options.listen}`,
    listen: options.listen,
    admin: options.admin,
  };
  const parsed = parseConfig(gatewayConfigSchema, config);
  if (!parsed.ok) throw new ConfigError("options", parsed.error);
  await mkdir(options.home, { recursive: true, mode: 0o700 });
  const jwk = await createKeyFile(join(options.home, keyFileOf(parsed.value.signingKey)), options.suite);
  const member = memberSchema.parse({
    node: config.node,
    name: config.name,
    role: "city",
    division: config.division,
    keys: [{ jwk, notBefore: new Date(now).toISOString() }],
    scope: { items: "all", purposes: "all" },
    status: "active",
  });
  await publishFirst(options, parsed.value, member, now);
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return member;
}

/**
 * First versions of registry and catalogue. The registry's own key is made apart from the gateway's: it may be kept
 * where the gateway is not. The log's is apart from both: it outlives many of the gateway's.
 */
async function publishFirst(
  { home, suite }: InitOptions,
  { registry, registryKey, registryTerm, catalogue, logKey, logTagKey }: GatewayConfig,
  city: Member,
  now: number,
): Promise<void> {
  const keyFile = join(home, keyFileOf(registryKey));
  const jwk = await createKeyFile(keyFile, suite);
  const keys = [{ jwk, notBefore: new Date(now - 1000).toISOString() }];
  const logJwk = await createKeyFile(join(home, keyFileOf(logKey)), suite);
  await createSecretFile(join(home, logTagKey));
  const log = [{ jwk: logJwk, notBefore: new Date(now - 1000).toISOString() }];
  const suites = suitesWith(suite);
  const content = { iss: city.node, keys, log, members: [city], ...(suites && { suites }) };
  const first = nextVersion(undefined, content, registryTerm, now);
  const signer = await readSigner(keyFile);
  const text = await signRegistry(first, signer);
  await openRegistryFolder(join(home, registry), () => now).publish(first.version, text);
  const base = nextCatalogue(undefined, city.node, baseCatalogue(), now);
  await openCatalogueFolder(join(home, catalogue)).publish(base.version, await signCatalogue(base, signer));
}

/** What the claim must say for a suite to be listed; nothing when it is without the claim. */
function suitesWith(suite: SuiteName): SuiteName[] | undefined {
  const usual = suitesOf({});
  return usual.includes(suite) ? undefined : [...usual, suite];
}
