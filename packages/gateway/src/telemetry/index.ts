export {
  type AuditAct,
  type BreakerState,
  createGatewayEvents,
  type GatewayEvents,
  isSpent,
  type RequestIds,
} from "./events.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
export { noteSharing } from "./sharing-metrics.ts";
