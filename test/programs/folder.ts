import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgramName } from "@xinqiao/scripts/bundle.ts";
import type { Plugin } from "vitest/config";

/** Where this run's programs are put: one folder, whoever of the run reads this module; what fills it removes it. */
process.env.XINQIAO_TEST_PROGRAMS ??= mkdtempSync(join(tmpdir(), "xinqiao-programs-"));
export const programsFolder = process.env.XINQIAO_TEST_PROGRAMS;

export const folderOf = (program: ProgramName): string => join(programsFolder, program);

/**
 * Threads that tests start run bundles, as programs do: one starts in a tenth of the processor time that its source takes,
 * and there are hundreds.
 */
export const bundledThreads: Plugin = {
  name: "bundled-threads",
  enforce: "pre",
  transform(code, id) {
    const program = id.includes("/packages/node-agent/") ? "node-agent" : "gateway";
    // Looked up when it runs: what was transformed may be kept for the next run, which has another folder.
    const beside = `"file://" + process.env.XINQIAO_TEST_PROGRAMS + "/${program}/main.js"`;
    return code.replace(
      /threadFile\(import\.meta\.url, ("(?:log-worker|search-worker|opening-thread|answering-thread|span-thread)")\)/,
      `threadFile(${beside}, $1)`,
    );
  },
};
