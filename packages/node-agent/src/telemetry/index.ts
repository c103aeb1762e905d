export { type AgentEvents, createAgentEvents } from "./events.ts";
