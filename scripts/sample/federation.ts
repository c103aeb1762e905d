import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { auditor, defaultSubjects, type SampleNodeId, sampleNodes } from "./data/index.ts";
import {
  type AgentHandle,
  type AuditorHandle,
  agentHandle,
  agentSpec,
  auditorHandle,
  bundlePrograms,
  checkReach,
  chooseAddresses,
  configure,
  configurePeerCity,
  createService,
  type GatewayHandle,
  gatewayHandle,
  gatewaySpec,
  type Intake,
  type Layout,
  layoutOf,
  leavePeerCity,
  lockFolder,
  type Move,
  openManifest,
  peerAgentSpec,
  peerGatewaySpec,
  platformSpecs,
  prepare,
  type Service,
  untilPeersKnown,
} from "./federation/index.ts";
import { type Progress, silentProgress } from "./terminal/index.ts";

export type { AgentHandle, AuditorHandle, GatewayHandle, Intake } from "./federation/index.ts";

export interface FederationOptions {
  /** Folder that holds everything; made when it does not exist. */
  readonly data: string;
  /** Subjects a node; records are ten times as many. Default: as many as the folder holds, or 20,000. */
  readonly subjects?: number | undefined;
  /** `default`: the documented ports where they are free. `free`: any. */
  readonly ports?: "default" | "free";
  /** A second city with a gateway of its own, and the two approve each other. */
  readonly peer?: boolean;
  /** Makes the data anew, whatever the folder holds of an earlier start. */
  readonly fresh?: boolean;
  readonly progress?: Progress;
  /** Ends the start early; the processes already started are stopped. */
  readonly signal?: AbortSignal;
  /** Called when a process ends that nobody stopped. */
  readonly onLost?: (name: string, log: string) => void;
}

/** The sample federation, running: a gateway, four agents with the platforms behind them, and an auditor's. */
export interface Federation extends AsyncDisposable {
  readonly data: string;
  readonly subjects: number;
  readonly gateway: GatewayHandle;
  readonly agents: readonly AgentHandle[];
  agent(node: SampleNodeId): AgentHandle;
  readonly auditor: AuditorHandle;
  /** The members' own platforms that are processes: `dg-platform` and `hz-platform`. */
  readonly platforms: readonly Service[];
  /** Listeners that are not at their documented port. */
  readonly moved: readonly Move[];
  /** Where Bao'an's offices put files for its agent. */
  readonly handover: string;
  /** The database of Longgang's platform that copies are put into. */
  readonly delivered: string;
  /** What became of Bao'an's files, bad rows and all; empty when an earlier start has taken them in. */
  readonly intakes: readonly Intake[];
  /** Stops every process, in order. */
  close(): Promise<void>;
}

/** Makes what is missing, starts every process and waits until each is ready. */
export async function startFederation(options: FederationOptions): Promise<Federation> {
  const { data, ports = "default", progress = silentProgress, signal, onLost = () => {} } = options;
  const { peer = false } = options;
  const layout = layoutOf(data);
  await checkReach(layout.data);
  await using starting = new AsyncDisposableStack();
  starting.use(await lockFolder(layout));
  if (options.fresh) await clear(layout);
  const manifest = await openManifest(layout, options.subjects, defaultSubjects);
  await bundlePrograms(layout);
  const addresses = await chooseAddresses(ports);
  const intakes = await prepare(manifest, { layout, addresses, progress, signal, peer });
  await configure(layout, addresses, signal);
  await (peer ? configurePeerCity(layout, addresses, signal) : leavePeerCity(layout, signal));

  const step = progress.begin("启动网关、节点与平台 gateway, agents and platforms");
  const context = { signal, onLost };
  const platforms = platformSpecs(layout, addresses).map((spec) => createService(spec, context));
  starting.defer(() => stopAll(platforms));
  await startAll(platforms);
  const gateway = createService(gatewaySpec(layout, addresses), context);
  const agents = sampleNodes.map((node) => ({
    node,
    service: createService(agentSpec(node.node, layout, addresses), context),
  }));
  const reading = createService(agentSpec(auditor.node, layout, addresses), context);
  const neighbours = peer ? [peerGatewaySpec, peerAgentSpec] : [];
  const [peerGateway, peerAgent] = neighbours.map((spec) => createService(spec(layout, addresses), context));
  const gateways = [gateway, peerGateway].filter((service) => service !== undefined);
  const members = [...agents.map(({ service }) => service), reading, peerAgent].filter(
    (service) => service !== undefined,
  );
  starting.defer(() => stopAll([...gateways, ...members]));
  await startAll(gateways);
  if (peer) await untilPeersKnown(addresses, signal);
  await startAll(members);
  step.end();
  const handles = await Promise.all(
    agents.map(({ node, service }) => agentHandle(node, service, layout, addresses)),
  );
  const running = starting.move();
  return {
    data: layout.data,
    subjects: manifest.subjects,
    gateway: gatewayHandle(gateway, layout, addresses),
    agents: handles,
    auditor: auditorHandle(layout, addresses),
    platforms,
    agent(node) {
      const found = handles.find((handle) => handle.node === node);
      if (found === undefined) throw new RangeError(`no agent runs for ${node}`);
      return found;
    },
    handover: layout.handover,
    delivered: layout.delivered,
    moved: addresses.moved,
    intakes,
    close: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Waits for every one before it fails: nothing may still be starting when the others are stopped. */
async function startAll(services: readonly Service[]): Promise<void> {
  for (const outcome of await Promise.allSettled(services.map((service) => service.start()))) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

async function stopAll(services: readonly Service[]): Promise<void> {
  await Promise.all(services.map((service) => service.stop()));
}

/** Removes what earlier starts made, and nothing else; a folder without a manifest is none of theirs. */
async function clear(layout: Layout): Promise<void> {
  if (!existsSync(layout.manifest)) return;
  for (const path of layout.made) await rm(path, { recursive: true, force: true });
}
