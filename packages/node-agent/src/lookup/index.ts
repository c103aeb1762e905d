export { createGatewayClient, type GatewayClient } from "./gateway-client.ts";
export { type LookUpDependencies, lookUp } from "./look-up.ts";
export type { GatewayReply, LookUpError, SendToGateway } from "./port.ts";
