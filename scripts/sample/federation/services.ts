import { peerPlace } from "../data/index.ts";
import { type Child, obituary, startChild, untilReady } from "../processes/index.ts";
import { SampleError } from "../sample-error.ts";
import type { Addresses } from "./addresses.ts";
import { type Layout, platforms } from "./layout.ts";

/** A process of the federation that can be stopped and started again. */
export interface Service {
  readonly name: string;
  readonly running: boolean;
  /** Resolves when it is ready; does nothing when it runs. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServiceSpec {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly log: string;
  /** Answers 200 when it is ready; `undefined` for one that says so to its parent. */
  readonly readyUrl: string | undefined;
}

export interface ServiceContext {
  readonly signal: AbortSignal | undefined;
  /** Called when a process ends that nobody stopped. */
  readonly onLost: (name: string, log: string) => void;
}

export function createService(spec: ServiceSpec, { signal, onLost }: ServiceContext): Service {
  let child: Child | undefined;
  return {
    name: spec.name,
    get running() {
      return child?.running === true;
    },
    async start() {
      if (child?.running) return;
      signal?.throwIfAborted();
      const { promise: said, resolve: say } = Promise.withResolvers<void>();
      const started = startChild({ ...spec, onMessage: (message) => message === "ready" && say() });
      child = started;
      if (spec.readyUrl !== undefined) await untilReady(started, spec.readyUrl, signal);
      else await Promise.race([said, started.exited]);
      if (!started.running) throw new SampleError(await obituary(spec, "ended while starting · 启动时退出"));
      void started.exited.then(() => {
        if (child === started) onLost(spec.name, spec.log);
      });
    },
    async stop() {
      const stopping = child;
      child = undefined;
      await stopping?.stop();
    },
  };
}

export function gatewaySpec(layout: Layout, { admin }: Addresses): ServiceSpec {
  return {
    name: "sz",
    script: layout.programs.gateway,
    args: ["serve", "--home", layout.gateway],
    log: layout.log("sz"),
    readyUrl: `http://${admin}/readyz`,
  };
}

export function agentSpec(node: string, layout: Layout, addresses: Addresses): ServiceSpec {
  return {
    name: node,
    script: layout.programs["node-agent"],
    args: ["serve", "--home", layout.agent(node)],
    log: layout.log(node),
    readyUrl: `http://${addresses.local(node)}/readyz`,
  };
}

export function peerGatewaySpec(
  { peer, log, programs }: Layout,
  { peer: { admin } }: Addresses,
): ServiceSpec {
  return {
    name: "dg-city",
    script: programs.gateway,
    args: ["serve", "--home", peer.gateway],
    log: log("dg-city"),
    readyUrl: `http://${admin}/readyz`,
  };
}

export function peerAgentSpec({ peer, log, programs }: Layout, addresses: Addresses): ServiceSpec {
  const { node } = peerPlace;
  return {
    name: node,
    script: programs["node-agent"],
    args: ["serve", "--home", peer.agent(node)],
    log: log(node),
    readyUrl: `http://${addresses.peer.local(node)}/readyz`,
  };
}

/** Platforms that are processes of their own; the others are files. */
export function platformSpecs(layout: Layout, { dgPort, hzPort }: Addresses): readonly ServiceSpec[] {
  return [
    {
      name: "dg-platform",
      script: platforms.dg,
      args: [layout.platform("dg"), String(dgPort)],
      log: layout.log("dg-platform"),
      readyUrl: undefined,
    },
    {
      name: "hz-platform",
      script: platforms.hz,
      args: [layout.platform("hz"), String(hzPort)],
      log: layout.log("hz-platform"),
      readyUrl: `http://127.0.0.1:${hzPort}/health`,
    },
  ];
}
