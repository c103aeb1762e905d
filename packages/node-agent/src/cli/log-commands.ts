import { criterionOptions } from "@xinqiao/runtime/audit";
import { runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";
import type { SearchOptions } from "./log-search.ts";
import type { ReconcileOptions } from "./reconcile.ts";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;

/** `xinqiao log …`: a member compares its book with the city's log, an auditor searches it. */
export function addLogCommands(program: Command): void {
  const log = program
    .command("log")
    .description("this member's book, and the city's log · 交换台账与审计日志");
  log
    .command("reconcile")
    .description(
      "compare hours of this member's book with the city's log; exit code 2 when they differ · 与市级日志对账",
    )
    .option(...home)
    .option("--from <hour>", "compare again from this hour (UTC), e.g. 2026-03-01T02Z · 起始时段")
    .option("--to <hour>", "up to and with this hour · 结束时段")
    .option("--json", "print the report as JSON")
    .action((options: ReconcileOptions) =>
      runCommand(async () => (await import("./reconcile.ts")).reconcile(options)),
    );
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
