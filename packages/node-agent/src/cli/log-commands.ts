import { criterionOptions } from "@xinqiao/runtime/audit";
import { runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";
import type { SearchOptions } from "./log-search.ts";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;

/** `xinqiao log …`: what an auditor does. */
export function addLogCommands(program: Command): void {
  const log = program.command("log").description("the city's audit log · 市级审计日志");
  const search = log
    .command("search")
    .description(
      "what was asked, by whom, for what: for members of role auditor; the search itself is logged · 检索审计日志（审计员）",
    )
    .option(...home)
    .option("--limit <n>", "lines at most · 最多行数", "100")
    .option("--json", "print the answers as JSON lines")
    .action((options: SearchOptions) =>
      runCommand(async () => (await import("./log-search.ts")).search(options)),
    );
  for (const [flags, description] of criterionOptions) search.option(flags, description);
}
