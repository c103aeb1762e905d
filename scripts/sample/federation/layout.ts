import { join, resolve } from "node:path";
import { bundle, bundled, type ProgramName } from "../../bundle.ts";

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
  /** The database of Longgang's platform that copies are put into. */
  readonly delivered: string;
  log(name: string): string;
  /** Both programs as this start has put them together. */
  readonly programs: Readonly<Record<ProgramName, string>>;
}

export function layoutOf(data: string): Layout {
  const root = resolve(data);
  const program = (name: ProgramName) => bundled(folderOf(root, name));
  return {
    data: root,
    manifest: join(root, "manifest.json"),
    lock: join(root, "start.lock"),
    gateway: join(root, "gateway"),
    peer: { gateway: join(root, "peer", "gateway"), agent: (node) => join(root, "peer", "agents", node) },
    made: [
      "manifest.json",
      "gateway",
      "agents",
      "platforms",
      "offers",
      "logs",
      "peer",
      "handover",
      "programs",
    ].map((name) => join(root, name)),
    agent: (node) => join(root, "agents", node),
    platform: (node) => join(root, "platforms", node),
    handover: join(root, "handover"),
    delivered: join(root, "platforms", "sz-longgang", "copies.db"),
    log: (name) => join(root, "logs", `${name}.log`),
    programs: { gateway: program("gateway"), "node-agent": program("node-agent") },
  };
}

const folderOf = (root: string, program: ProgramName) => join(root, "programs", program);

/** Each start runs the code as it is now. */
export async function bundlePrograms({ data }: Pick<Layout, "data">): Promise<void> {
  const put = (program: ProgramName) => bundle(program, folderOf(data, program));
  await Promise.all([put("gateway"), put("node-agent")]);
}

/** What makes and plays the members' own platforms. */
export const platforms = {
  build: resolve(import.meta.dirname, "../platforms/build.ts"),
  dg: resolve(import.meta.dirname, "../platforms/dg/serve.ts"),
  hz: resolve(import.meta.dirname, "../platforms/hz/serve.ts"),
} as const;
