export { askGateway, type GatewayQuestion } from "./ask-gateway.ts";
export { type CallDependencies, callGateway, invalidReply } from "./call-gateway.ts";
export { createGatewayClient, type GatewayClient } from "./gateway-client.ts";
export { type LookUpDependencies, lookUp } from "./look-up.ts";
export type { CallError, GatewayReply, SendToGateway } from "./port.ts";
