export { type Child, type ChildSpec, runNode, startChild } from "./child.ts";
export { choosePorts, type PortChoice } from "./ports.ts";
export { obituary, untilReady } from "./ready.ts";
