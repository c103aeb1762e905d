import type { GatewayConfig } from "../config/index.ts";
import { openPeerFolder } from "../peers/index.ts";
import { openRegistryFolder } from "../registry/index.ts";
import type { BundleDependencies } from "./make-bundle.ts";

/** What a gateway's own folders hold of registries, its own and others'. */
export function bundleDependencies(
  { node, registry, peers, witnesses }: GatewayConfig,
  log: Pick<BundleDependencies, "source" | "published">,
  now: () => number,
): BundleDependencies {
  return {
    city: node,
    ...log,
    texts: { own: openRegistryFolder(registry, now).text, peer: openPeerFolder(peers, now).text },
    quorum: witnesses.quorum,
  };
}
