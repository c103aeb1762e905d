import { FaultError, fault } from "@xinqiao/protocol/problem";
import { type Registry, reopenRegistry } from "@xinqiao/protocol/registry";
import { followPeers, type Peers } from "@xinqiao/runtime/peers";
import { createHttpOrigin, type GetFromGateway } from "@xinqiao/runtime/published";
import type { AuditLog } from "../log/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import type { PeerFolder } from "./folder.ts";

export interface PeerDependencies {
  readonly own: () => Registry;
  /** GETs of one gateway, by its origin. */
  readonly getFrom: (origin: string) => GetFromGateway;
  readonly folder: PeerFolder;
  readonly log: Pick<AuditLog, "append">;
  readonly now: () => number;
  readonly events: Pick<GatewayEvents, "peerFault" | "failed">;
}

/** Follows every peer's registry; the log says which version counts before it does. */
export function followPeerCities({
  own,
  getFrom,
  folder,
  log,
  now,
  events,
}: PeerDependencies): Promise<Peers> {
  return followPeers({
    own,
    originOf: ({ origin }) => createHttpOrigin("/v1/registry", getFrom(origin)),
    read: folder.newest,
    async keep(peer, text) {
      const registry = reopenRegistry(text, now());
      if (!registry.ok) throw new FaultError(registry.error);
      const { version } = registry.value.document;
      const entry = { kind: "peer.taken", exchange: null, actor: null, city: peer.city, version } as const;
      const logged = await log.append({ ...entry, hash: registry.value.hash });
      if (!logged.ok) throw new FaultError(fault(logged.error.code));
      await folder.keep(peer, registry.value);
    },
    now,
    onTaken: () => {},
    onFault: events.peerFault,
    onError: events.failed,
  });
}
