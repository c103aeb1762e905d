export { type Addresses, chooseAddresses, type Move } from "./addresses.ts";
export { configure } from "./configure.ts";
export {
  type AgentHandle,
  type AuditorHandle,
  agentHandle,
  auditorHandle,
  type GatewayHandle,
  gatewayHandle,
  type LookupInput,
  type Target,
} from "./handles.ts";
export type { Intake } from "./intake.ts";
export { bundlePrograms, type Layout, layoutOf } from "./layout.ts";
export { lockFolder } from "./lock.ts";
export { openManifest } from "./manifest.ts";
export { configurePeerCity, leavePeerCity, untilPeersKnown } from "./peer-city.ts";
export { prepare } from "./prepare.ts";
export { checkReach } from "./reach.ts";
export {
  agentSpec,
  createService,
  gatewaySpec,
  peerAgentSpec,
  peerGatewaySpec,
  platformSpecs,
  type Service,
} from "./services.ts";
