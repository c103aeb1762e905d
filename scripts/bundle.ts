import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Plugin, rolldown } from "rolldown";

const packages = join(import.meta.dirname, "..", "packages");

/** A program, and what it runs in threads of their own: that is looked for beside the file that starts it. */
const parts = {
  gateway: [
    "gateway/src/main.ts",
    "gateway/src/store/sqlite/log-worker.ts",
    "gateway/src/store/sqlite/search/search-worker.ts",
    "runtime/src/registry/opening-thread.ts",
  ],
  "node-agent": [
    "node-agent/src/main.ts",
    "node-agent/src/handover/answering-thread.ts",
    "node-agent/src/fsck/span-thread.ts",
    "runtime/src/registry/opening-thread.ts",
  ],
} as const;

export type ProgramName = keyof typeof parts;

/** Native addons stay where they are installed, and so does what is rarely asked for and large. */
const installed: Plugin = {
  name: "installed",
  resolveId: {
    filter: { id: /^(better-sqlite3|sodium-native|exceljs)$/ },
    handler: (id, importer) =>
      importer === undefined ? null : { id: createRequire(importer).resolve(id), external: "absolute" },
  },
};

/**
 * Puts a program and all that it is made of into a folder of JavaScript: it starts in a quarter of the processor time
 * that its source takes.
 * @returns the file to start
 */
export async function bundle(program: ProgramName, folder: string): Promise<string> {
  const input = parts[program].map((file) => join(packages, file));
  await using build = await rolldown({
    input,
    platform: "node",
    plugins: [installed],
    external: ["pg-native"],
    logLevel: "silent",
  });
  await build.write({ dir: folder, entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return bundled(folder);
}

/** The file to start of what was bundled into a folder. */
export const bundled = (folder: string): string => join(folder, "main.js");
