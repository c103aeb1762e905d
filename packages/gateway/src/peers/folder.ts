import { join } from "node:path";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Registry } from "@xinqiao/protocol/registry";
import { openRegistryFolder } from "../registry/index.ts";

/** What was taken of every peer's registry: members of this city take it from here. */
export interface PeerFolder {
  /** The newest of one peer; nothing when none was taken. */
  newest(city: NodeId): Promise<Registry | undefined>;
  text(city: NodeId, version: number): Promise<string | undefined>;
  keep(registry: Registry): Promise<void>;
}

export function openPeerFolder(folder: string, now: () => number): PeerFolder {
  const of = (city: NodeId) => openRegistryFolder(join(folder, city), now);
  return {
    async newest(city) {
      const any = await of(city)
        .newestNumber()
        .catch(() => undefined);
      return any === undefined ? undefined : of(city).newest();
    },
    text: (city, version) => of(city).text(version),
    async keep({ document, text }) {
      const { iss, version } = document;
      // Kept already: the gateway died before it could go on.
      if ((await of(iss).text(version)) !== text) await of(iss).publish(version, text);
    },
  };
}
