export { createGateway, type Gateway, type GatewayDependencies, systemDependencies } from "./app/index.ts";
export { archiveLog, archiveOf } from "./archive/index.ts";
export {
  type GatewayConfig,
  type GatewayConfigFile,
  gatewayConfigSchema,
  loadConfig,
} from "./config/index.ts";
export {
  type LogReport,
  type OpenedHub,
  openAuditLog,
  openHub,
  openPublishedLog,
  readEntries,
  readEvidence,
  verifyLog,
} from "./store/sqlite/index.ts";
