import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, type ProgramName } from "@xinqiao/scripts/bundle.ts";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** The file to start of each program. */
    readonly programs: Readonly<Record<ProgramName, string>>;
  }
}

/** Tests start the programs hundreds of times: each is bundled once, for this run alone. */
// biome-ignore lint/style/noDefaultExport: vitest calls the default export.
export default async function bundlePrograms({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "xinqiao-programs-"));
  const into = (program: ProgramName) => bundle(program, join(folder, program));
  const [gateway, agent] = await Promise.all([into("gateway"), into("node-agent")]);
  provide("programs", { gateway, "node-agent": agent });
  return () => rm(folder, { recursive: true, force: true });
}
