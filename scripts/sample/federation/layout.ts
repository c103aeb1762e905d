import { join, resolve } from "node:path";

/** Changes whenever what an earlier start left cannot be started any more. */
export const layoutVersion = 4;

/** Where everything lies under the folder that `--data` names. */
export interface Layout {
  readonly data: string;
  readonly manifest: string;
  readonly lock: string;
  readonly gateway: string;
  /** The second city's folder: its gateway, and the agent behind it. */
  readonly peer: { readonly gateway: string; agent(node: string): string };
  /** Everything that a start makes. */
  readonly made: readonly string[];
  agent(node: string): string;
  /** The member's own platform: what a real member has before it joins. */
  platform(node: string): string;
  /** Where Bao'an's offices put files for its agent. */
  readonly handover: string;
  log(name: string): string;
}

export function layoutOf(data: string): Layout {
  const root = resolve(data);
  return {
    data: root,
    manifest: join(root, "manifest.json"),
    lock: join(root, "start.lock"),
    gateway: join(root, "gateway"),
    peer: { gateway: join(root, "peer", "gateway"), agent: (node) => join(root, "peer", "agents", node) },
    made: ["manifest.json", "gateway", "agents", "platforms", "offers", "logs", "peer", "handover"].map(
      (name) => join(root, name),
    ),
    agent: (node) => join(root, "agents", node),
    platform: (node) => join(root, "platforms", node),
    handover: join(root, "handover"),
    log: (name) => join(root, "logs", `${name}.log`),
  };
}

/** Absolute paths of the programs that are run. */
export const programs = {
  gateway: resolve(import.meta.dirname, "../../../packages/gateway/src/main.ts"),
  agent: resolve(import.meta.dirname, "../../../packages/node-agent/src/main.ts"),
  build: resolve(import.meta.dirname, "../platforms/build.ts"),
  dgPlatform: resolve(import.meta.dirname, "../platforms/dg/serve.ts"),
  hzPlatform: resolve(import.meta.dirname, "../platforms/hz/serve.ts"),
} as const;
