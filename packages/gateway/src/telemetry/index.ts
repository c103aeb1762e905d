export { type BreakerState, createGatewayEvents, type GatewayEvents, type RequestIds } from "./events.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
