import { CommandError } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { verifyLog } from "../store/sqlite/index.ts";

/** Recomputes the tree from every leaf. Throws when anything does not agree, naming each finding. */
export async function verify(options: { readonly home: string; readonly json?: boolean }): Promise<string> {
  const config = await loadConfig(options.home);
  const report = verifyLog(config.log);
  if (report.findings.length > 0) {
    throw new CommandError(options.json ? JSON.stringify(report) : report.findings.join("\n"));
  }
  return options.json
    ? JSON.stringify(report)
    : `the log verifies · 日志校验通过: ${report.size} entries, root ${report.root}`;
}
