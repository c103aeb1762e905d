export { CommandError } from "./command-error.ts";
export { countOf } from "./count.ts";
export { readGivenFile, writeNewFile } from "./given-file.ts";
export { createProgress, type Progress, type Screen, type Step, silentProgress } from "./progress.ts";
export { runServer, type Server, surviveHangup } from "./run-server.ts";
export { type Cell, factsOf, tableOf, wrapped } from "./table.ts";

import { codes, FaultError } from "@xinqiao/protocol/problem";
import { ConfigError } from "../config/index.ts";
import { CommandError } from "./command-error.ts";

/**
 * Runs one command: its text goes to standard output, its failure as a plain explanation to standard
 * error with exit code 1. Only a bug shows a stack.
 */
export async function runCommand(command: () => Promise<string | undefined>): Promise<void> {
  try {
    const text = await command();
    if (text !== undefined) process.stdout.write(`${text}\n`);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof CommandError) return error.message;
  if (error instanceof FaultError) {
    const { code, detail } = error.fault;
    return `${codes[code].zh} · ${codes[code].en} (${code})${detail === undefined ? "" : `\n${detail}`}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
