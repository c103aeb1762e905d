import { CommandError } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { entriesOf, verifyLog } from "../store/sqlite/index.ts";

/** Every entry of one exchange, oldest first, each as it stands in the log, with its index. */
export async function show(exchange: string, home: string): Promise<string> {
  const { log } = await loadConfig(home);
  const entries = entriesOf(log, exchange);
  if (entries.length === 0) throw new CommandError(`no entry of exchange ${exchange} · 日志中没有该交换`);
  return entries.map(({ index, leaf }) => `${index}\t${leaf}`).join("\n");
}

/** Recomputes the tree from every leaf. Throws when anything does not agree, naming each finding. */
export async function verify(options: { readonly home: string; readonly json?: boolean }): Promise<string> {
  const config = await loadConfig(options.home);
  const report = verifyLog(config.log);
  if (report.findings.length > 0) {
    throw new CommandError(options.json ? JSON.stringify(report) : report.findings.join("\n"));
  }
  if (options.json) return JSON.stringify(report);
  const erased = report.erased > 0 ? `, ${report.erased} of them erased beside · 其中留存已删除` : "";
  return `the log verifies · 日志校验通过: ${report.size} entries${erased}, root ${report.root}`;
}
