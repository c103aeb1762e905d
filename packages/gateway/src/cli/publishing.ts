import type { Signer } from "@xinqiao/protocol/keys";
import {
  anchorOf,
  openDocument,
  type Registry,
  type RegistryDocument,
  signRegistry,
  succeed,
} from "@xinqiao/protocol/registry";
import { ConfigError } from "@xinqiao/runtime/config";
import { readSigner } from "@xinqiao/runtime/keys";
import { type GatewayConfig, loadConfig } from "../config/index.ts";
import { nextVersion, openRegistryFolder } from "../registry/index.ts";

/** What a new version changes. */
export type RegistryChange = Partial<
  Pick<RegistryDocument, "members" | "keys" | "log" | "suites" | "peers" | "agreements">
>;

/** The registry as an operator's command publishes it. */
export interface Publishing {
  readonly config: GatewayConfig;
  newest(): Promise<Registry>;
  /** @param signer the registry key by default */
  publish(change: (held: RegistryDocument) => RegistryChange, signer?: Signer): Promise<RegistryDocument>;
}

export async function openForPublishing(home: string, now: () => number): Promise<Publishing> {
  const config = await loadConfig(home);
  const folder = openRegistryFolder(config.registry, now);
  return {
    config,
    newest: folder.newest,
    async publish(change, given) {
      const signer = given ?? (await readSigner(config.registryKey));
      const held = await folder.newest();
      const {
        version: _version,
        prev: _prev,
        iat: _iat,
        exp: _exp,
        grace: _grace,
        ...content
      } = held.document;
      const next = nextVersion(held, { ...content, ...change(held.document) }, config.registryTerm, now());
      const directory = openDocument(next);
      if (!directory.ok) throw new ConfigError("members", directory.error);
      const text = await signRegistry(next, signer);
      refuseUnbelieved(held, text, now());
      await folder.publish(next.version, text);
      return next;
    },
  };
}

/** What members would not take is not published. */
function refuseUnbelieved(held: Registry, text: string, now: number): void {
  const succession = succeed(held, text, anchorOf(held.document), now);
  if (succession.ok) return;
  throw new ConfigError("registryKey", [
    `members would refuse it (${succession.error.code}): is this the registry's key, and every replacement of it finished?`,
  ]);
}
