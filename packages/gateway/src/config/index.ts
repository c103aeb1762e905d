export { configFileName, loadConfig } from "./load.ts";
export {
  type GatewayConfig,
  type GatewayConfigFile,
  gatewayConfigSchema,
  type Limits,
  type UpstreamConfig,
} from "./schema.ts";
export { readTagKey } from "./tag-key.ts";
