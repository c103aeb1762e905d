import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import type { NodeId } from "@xinqiao/protocol/identity";
import {
  createTarget,
  type TargetClient,
  type TargetDependencies,
  type TargetSettings,
  type TargetSnapshot,
} from "./target.ts";

export interface UpstreamSettings extends Omit<TargetSettings, "secureContext"> {
  /** PEM certificates of private authorities, trusted beside those that Node trusts. */
  readonly ca?: string | undefined;
}

/** For one city's gateway and its dozen targets; what a deployment sets comes over these. */
export const upstreamDefaults: UpstreamSettings = {
  connections: 64,
  maxConcurrent: 128,
  connectTimeoutMs: 1_000,
  attemptTimeoutMs: 10_000,
  fairAttemptMs: 250,
  maxAnswerBytes: 8 * 1024 * 1024,
  retryRatio: 0.1,
  retryBurst: 10,
  retry: { maxAttempts: 3, baseDelayMs: 50, maxDelayMs: 1_000 },
  breaker: {
    volumeThreshold: 5,
    errorThresholdPercentage: 50,
    windowMs: 10_000,
    consecutiveFailures: 5,
    resetTimeoutMs: 5_000,
  },
};

/** Where a node is reached: a member of the registry that answers. */
export interface Endpoint {
  readonly node: NodeId;
  /** Its origin, `https://host[:port]`. */
  readonly endpoint: string;
}

/** The ways to all nodes, one each, made when first asked for. */
export interface Targets {
  /**
   * The client for a node. When its endpoint is another than last time the old client ends what it has
   * under way, and a new one begins with a clean record.
   */
  to(endpoint: Endpoint): TargetClient;
  /** Refuses every call to the node until `release`: also one not asked yet, or reached elsewhere by then. */
  isolate(node: NodeId): void;
  release(node: NodeId): void;
  snapshot(): readonly TargetSnapshot[];
  /** Refuses new calls and waits for those under way, replaced clients included. */
  close(): Promise<void>;
}

export function createTargets({ ca, ...settings }: UpstreamSettings, deps: TargetDependencies): Targets {
  const secureContext = ca === undefined ? undefined : trusting(ca);
  const clients = new Map<NodeId, TargetClient>();
  const isolated = new Set<NodeId>();
  const retiring = new Set<Promise<void>>();
  let closed = false;

  const retire = (client: TargetClient) => {
    const gone = client.close().finally(() => retiring.delete(gone));
    retiring.add(gone);
  };

  const create = ({ node, endpoint }: Endpoint): TargetClient => {
    const client: TargetClient = createTarget(
      node,
      endpoint,
      { ...settings, secureContext },
      {
        ...deps,
        // A replaced client still ends its calls, but no longer speaks for the node.
        onStateChange(_node, from, to) {
          if (clients.get(node) === client) deps.onStateChange(node, from, to);
        },
      },
    );
    if (isolated.has(node)) client.isolate();
    if (closed) retire(client);
    return client;
  };

  return {
    to(endpoint) {
      const before = clients.get(endpoint.node);
      if (before?.origin === endpoint.endpoint) return before;
      const client = create(endpoint);
      clients.set(endpoint.node, client);
      const from = before?.state() ?? "closed";
      if (before) retire(before);
      if (from !== client.state()) deps.onStateChange(endpoint.node, from, client.state());
      return client;
    },
    isolate(node) {
      isolated.add(node);
      clients.get(node)?.isolate();
    },
    release(node) {
      isolated.delete(node);
      clients.get(node)?.release();
    },
    snapshot: () => [...clients.values()].map((client) => client.snapshot()),
    async close() {
      closed = true;
      for (const client of clients.values()) retire(client);
      await Promise.all(retiring);
    },
  };
}

/** A `ca` option takes the place of Node's own authorities; a private one is meant to come beside them. */
function trusting(ca: string): SecureContext {
  return createSecureContext({ ca: [...getCACertificates("default"), ca] });
}
