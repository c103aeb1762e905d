export { type Agent, type AgentDependencies, systemDependencies } from "./agent.ts";
export { createAgent } from "./create.ts";
