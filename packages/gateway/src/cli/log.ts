import { searchPage } from "@xinqiao/protocol/audit";
import { CommandError } from "@xinqiao/runtime/cli";
import { type GatewayConfig, loadConfig } from "../config/index.ts";
import { entriesOf, verifyLog } from "../store/sqlite/index.ts";
import { caughtUp } from "./log-list.ts";

/** Every entry of one exchange, or of one trace, oldest first, each as it stands in the log, with its index. */
export async function show(id: string, home: string): Promise<string> {
  const config = await loadConfig(home);
  const entries = /^[0-9a-f]{32}$/.test(id) ? await entriesOfTrace(config, id) : entriesOf(config.log, id);
  if (entries.length === 0) throw new CommandError(`no entry of ${id} · 日志中没有该交换`);
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
  const partial =
    report.partial > 0 ? `, ${report.partial} without all that was signed beside · 其中签名原件不全` : "";
  return `the log verifies · 日志校验通过: ${report.size} entries${erased}${partial}, root ${report.root}`;
}

async function entriesOfTrace(config: GatewayConfig, trace: string) {
  const index = await caughtUp(config);
  try {
    const { lines } = index.search({ criteria: { trace }, limit: searchPage });
    return lines.flatMap(({ entries }) => entries).sort((one, other) => one.index - other.index);
  } finally {
    index.close();
  }
}
