import { rm } from "node:fs/promises";
import { bundle, type ProgramName } from "@xinqiao/scripts/bundle.ts";
import type { TestProject } from "vitest/node";
import { folderOf, programsFolder } from "./folder.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The file to start of each program. */
    readonly programs: Readonly<Record<ProgramName, string>>;
  }
}

/** Tests start the programs hundreds of times: each is bundled once, for this run alone. */
// biome-ignore lint/style/noDefaultExport: vitest calls the default export.
export default async function bundlePrograms({ provide }: TestProject): Promise<() => Promise<void>> {
  const into = (program: ProgramName) => bundle(program, folderOf(program));
  const [gateway, agent] = await Promise.all([into("gateway"), into("node-agent")]);
  provide("programs", { gateway, "node-agent": agent });
  return () => rm(programsFolder, { recursive: true, force: true });
}
