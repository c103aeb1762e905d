export { type Agent, type AgentDependencies, createAgent, systemDependencies } from "./app/index.ts";
export { type AgentConfig, type AgentConfigFile, agentConfigSchema, loadConfig } from "./config/index.ts";
export { createSources } from "./source/index.ts";
export { type AgentStore, openStore } from "./store/index.ts";
