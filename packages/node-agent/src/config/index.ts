export { configFileName, encryptionKeyFiles, loadCatalogue, loadConfig } from "./load.ts";
export { type AgentConfig, type AgentConfigFile, agentConfigSchema, type NodePolicy } from "./schema.ts";
