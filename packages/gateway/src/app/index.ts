export { createGateway, version } from "./create.ts";
export { type Gateway, type GatewayDependencies, systemDependencies } from "./gateway.ts";
