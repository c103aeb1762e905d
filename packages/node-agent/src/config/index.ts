export { configFileName, encryptionKeyFiles, loadConfig } from "./load.ts";
export { type AgentConfig, type AgentConfigFile, agentConfigSchema, type NodePolicy } from "./schema.ts";
