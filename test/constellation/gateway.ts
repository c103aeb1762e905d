import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createGateway,
  type Gateway,
  type GatewayConfigFile,
  type GatewayDependencies,
  gatewayConfigSchema,
  readEntries,
  systemDependencies,
} from "@xinqiao/gateway";
import type { CatalogueContent } from "@xinqiao/protocol/catalogue";
import type { Signer, SuiteName } from "@xinqiao/protocol/keys";
import type { LogEntry } from "@xinqiao/protocol/log";
import { createLogger } from "@xinqiao/runtime/logging";
import { freePort } from "@xinqiao/runtime/testing";
import { createTestCatalogue } from "./catalogue.ts";
import { gatewayKeys, writeGatewayKeys } from "./gateway-keys.ts";
import { createParty, type Party } from "./party.ts";
import { createTestRegistry } from "./registry.ts";

export interface TestGateway {
  readonly gateway: Gateway;
  readonly city: Party;
  /** What members pin of its registry. */
  readonly registryKeyId: string;
  /** The registry's key, which signs the catalogue too. */
  readonly registrySigner: Signer;
  readonly origin: string;
  readonly adminOrigin: string;
  readonly folder: string;
  readonly logFile: string;
  /** Every line it has logged, as text. */
  readonly lines: string[];
  /** Publishes a version and leaves it to the gateway to find it. */
  publish(parties: readonly Party[]): Promise<void>;
  setMembers(parties: readonly Party[], claims?: object): Promise<void>;
  /** Publishes a version of the catalogue, the base but for what is changed, and leaves it to the gateway to find it. */
  publishCatalogue(change: Partial<CatalogueContent>): Promise<void>;
  setCatalogue(change: Partial<CatalogueContent>): Promise<void>;
  close(): Promise<void>;
}

const inFolder = (folder: string, names: typeof gatewayKeys) => ({
  signingKey: join(folder, names.signingKey),
  logKey: join(folder, names.logKey),
  logTagKey: join(folder, names.logTagKey),
});

/** A real gateway on free ports with a folder of its own, in this process. Its keys, and its registry's, are of `suite`. */
export async function startGateway(
  parties: readonly Party[],
  overrides: Partial<GatewayConfigFile> = {},
  { suite = "ed25519", ...change }: Partial<GatewayDependencies> & { readonly suite?: SuiteName } = {},
): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-gateway-"));
  const [port, adminPort] = [await freePort(), await freePort()];
  const city = createParty({ node: "sz", role: "city", suite });
  const registry = createTestRegistry("sz", join(folder, "registry"), suite);
  const publish = (list: readonly Party[], claims?: object) =>
    registry.publish(
      [city, ...list].map(({ member }) => member),
      claims,
    );
  await publish(parties);
  const catalogue = createTestCatalogue("sz", join(folder, "catalogue"), registry.signer);
  await catalogue.publish();
  await writeGatewayKeys(folder, city, registry);
  const config = gatewayConfigSchema.parse({
    node: "sz",
    name: { zh: "深圳市", en: "Shenzhen" },
    division: "440300",
    origin: `http://127.0.0.1:${port}`,
    listen: `127.0.0.1:${port}`,
    admin: `127.0.0.1:${adminPort}`,
    registry: join(folder, "registry"),
    catalogue: join(folder, "catalogue"),
    ...inFolder(folder, gatewayKeys),
    log: join(folder, "log.db"),
    reconciliations: join(folder, "reconciliations.db"),
    sharing: join(folder, "sharing.db"),
    search: join(folder, "search.db"),
    logReserveBytes: 0,
    ...overrides,
  });
  const lines: string[] = [];
  const logger = createLogger(
    { name: "sz", level: "debug" },
    { write: (line: string) => void lines.push(line) },
  );
  const gateway = await createGateway(config, { ...systemDependencies(logger), ...change });
  return {
    gateway,
    city,
    registryKeyId: registry.keyId,
    registrySigner: registry.signer,
    origin: config.origin,
    adminOrigin: `http://127.0.0.1:${adminPort}`,
    folder,
    logFile: config.log,
    lines,
    async publish(list) {
      await publish(list);
    },
    async setMembers(list, claims) {
      await publish(list, claims);
      await gateway.reload();
    },
    async publishCatalogue(change) {
      await catalogue.publish(change);
    },
    async setCatalogue(change) {
      await catalogue.publish(change);
      await gateway.reload();
    },
    async close() {
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Every entry of the gateway's log, as written. */
export async function readLog({ logFile }: Pick<TestGateway, "logFile">): Promise<readonly LogEntry[]> {
  return readEntries(logFile);
}
