import { join } from "node:path";
import { anchorName, type Peer, type Registry } from "@xinqiao/protocol/registry";
import { openRegistryFolder } from "../registry/index.ts";

/** What was taken of every peer's registry: members of this city take it from here. */
export interface PeerFolder {
  /** The newest of one peer; nothing when none was taken. */
  newest(peer: Peer): Promise<Registry | undefined>;
  text(peer: Peer, version: number): Promise<string | undefined>;
  keep(peer: Peer, registry: Registry): Promise<void>;
}

export function openPeerFolder(folder: string, now: () => number): PeerFolder {
  const of = (peer: Peer) => openRegistryFolder(join(folder, anchorName(peer)), now);
  return {
    async newest(peer) {
      const any = await of(peer)
        .newestNumber()
        .catch(() => undefined);
      return any === undefined ? undefined : of(peer).newest();
    },
    text: (peer, version) => of(peer).text(version),
    async keep(peer, { document: { version }, text }) {
      // Kept already: the gateway died before it could go on.
      if ((await of(peer).text(version)) !== text) await of(peer).publish(version, text);
    },
  };
}
