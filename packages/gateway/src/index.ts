export { createGateway, type Gateway, type GatewayDependencies, systemDependencies } from "./app.ts";
export { type GatewayConfig, gatewayConfigSchema, loadConfig } from "./config/index.ts";
