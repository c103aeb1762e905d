import {
  type CatalogueContent,
  type CatalogueDocument,
  openCatalogue,
  type PublishedCatalogue,
  signCatalogue,
  succeedCatalogue,
} from "@xinqiao/protocol/catalogue";
import { type Signer, thumbprint } from "@xinqiao/protocol/keys";
import type { Registry } from "@xinqiao/protocol/registry";
import { ConfigError } from "@xinqiao/runtime/config";
import { readSigner } from "@xinqiao/runtime/keys";
import { nextCatalogue, openCatalogueFolder } from "../catalogue/index.ts";
import { type GatewayConfig, loadConfig } from "../config/index.ts";
import { openRegistryFolder } from "../registry/index.ts";

/** The catalogue as an operator's command publishes it. */
export interface CataloguePublishing {
  readonly config: GatewayConfig;
  /** The newest version; nothing when none was published yet. */
  readonly held: PublishedCatalogue | undefined;
  /** Who may sign it. */
  readonly registry: Registry;
  /**
   * Signs the version after the one held and publishes it whole or not at all.
   * @param signer the registry key by default
   */
  publish(content: CatalogueContent, signer?: Signer): Promise<CatalogueDocument>;
}

export async function openCatalogueForPublishing(
  home: string,
  now: () => number,
): Promise<CataloguePublishing> {
  const config = await loadConfig(home);
  const folder = openCatalogueFolder(config.catalogue);
  const any = await folder.newestNumber().then(
    () => true,
    () => false,
  );
  const held = any ? await folder.newest() : undefined;
  const registry = await openRegistryFolder(config.registry, now).newest();
  return {
    config,
    held,
    registry,
    async publish(content, given) {
      const signer = given ?? (await readSigner(config.registryKey));
      const next = nextCatalogue(held, config.node, content, now());
      const text = await signCatalogue(next, signer);
      refuseUnbelieved(held, text, { config, registry }, now());
      await folder.publish(next.version, text);
      return next;
    },
  };
}

/** What members would not take is not published. */
function refuseUnbelieved(
  held: PublishedCatalogue | undefined,
  text: string,
  { config, registry }: Pick<CataloguePublishing, "config" | "registry">,
  now: number,
): void {
  const anchor = { city: config.node, keys: registry.document.keys };
  const succession = succeedCatalogue(held, text, anchor, now);
  if (succession.ok) return;
  const { code, detail } = succession.error;
  throw new ConfigError(
    "registryKey",
    code === "catalogue.unsound"
      ? [detail ?? code]
      : [`members would refuse it (${code}): is this the registry's key, as the newest registry lists it?`],
  );
}

/** Publishes the same content again when the key that signed it last is another. */
export async function signCatalogueAnew(home: string, signer: Signer, now: () => number): Promise<void> {
  const { config, held, registry, publish } = await openCatalogueForPublishing(home, now);
  if (held === undefined) return;
  const keys = registry.document.keys.filter(({ jwk }) => thumbprint(jwk) === signer.keyId);
  const opened = openCatalogue(held.text, { city: config.node, keys }, now());
  if (!opened.ok) await publish(held.document, signer);
}
