import { criterionOptions } from "@xinqiao/runtime/audit";
import { runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";
import type { AlertsOptions } from "./log-alerts.ts";
import type { CountsOptions } from "./log-counts.ts";
import type { ExportOptions } from "./log-export.ts";
import type { SearchOptions } from "./log-search.ts";
import type { ReconcileOptions } from "./reconcile.ts";
import type { StatementOptions } from "./statement.ts";

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
  addSearch(log);
  addAlerts(log);
  addExport(log);
}

function addSearch(log: Command): void {
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
  addCriteria(search);
  log
    .command("saved")
    .description("the searches that are saved here, by name · 已存检索")
    .option(...home)
    .action((options: { home: string }) =>
      runCommand(async () => (await import("./log-criteria.ts")).listSaved(options.home)),
    );
  const counts = log
    .command("count")
    .description("how many, by time, member, purpose or outcome · 统计与趋势（审计员）")
    .option(...home)
    .option("--every <period>", "hour, day, week · 时段", "day")
    .option("--by <what>", "member, purpose, outcome · 分组")
    .option("--json", "print the answer as JSON")
    .action((options: CountsOptions) =>
      runCommand(async () => (await import("./log-counts.ts")).counts(options)),
    );
  addCriteria(counts);
}

function addCriteria(command: Command): void {
  for (const [flags, description] of criterionOptions) command.option(flags, description);
  command
    .option("--saved <name>", "as a saved search says, and what is said beside it · 使用已存检索")
    .option("--save <name>", "save it under a name, without the subject · 保存检索条件（不含主体）");
}

function addAlerts(log: Command): void {
  log
    .command("alerts [alert]")
    .description("unusual use, or one alert with its entries · 异常使用告警（审计员）")
    .option(...home)
    .option("--all", "those that are acknowledged too · 包括已处理")
    .option("--limit <n>", "alerts at most · 最多条数", "100")
    .option("--json", "print the answer as JSON")
    .action((alert: string | undefined, options: AlertsOptions) =>
      runCommand(async () => (await import("./log-alerts.ts")).alerts(alert, options)),
    );
  log
    .command("acknowledge <alert>")
    .description("say in the log that an alert was looked into · 处理告警（审计员）")
    .option(...home)
    .option("--note <text>", "kept here; the log commits to it · 处理意见")
    .action((alert: string, options: { home: string; note?: string }) =>
      runCommand(async () => (await import("./log-alerts.ts")).acknowledge(alert, options)),
    );
}

function addExport(log: Command): void {
  const exporting = log
    .command("export")
    .description("what a search finds, in a file with the gateway's proof beside it · 导出并附证明（审计员）")
    .option(...home)
    .requiredOption("--out <file>", "…csv, …xlsx or …ndjson · 输出文件")
    .action((options: ExportOptions) =>
      runCommand(async () => (await import("./log-export.ts")).exportLog(options)),
    );
  addCriteria(exporting);
  log
    .command("verify-export <file>")
    .description("hold an exported file against its proof; asks nobody · 校验导出文件")
    .option(...home)
    .action((file: string, options: { home: string }) =>
      runCommand(async () => (await import("./log-export.ts")).verifyExportedFile(file, options.home)),
    );
}

/** `xinqiao statement`: who looked a subject up, for the subject. */
export function addStatement(program: Command): void {
  program
    .command("statement")
    .description(
      "who looked a subject up, when, for what, with whose authorisation: for the subject at the counter, signed by the city · 向主体出具查询情况说明",
    )
    .option(...home)
    .requiredOption("--subject <id>", "- for standard input · 主体标识，- 为标准输入")
    .option("--kind <kind>", "enterprise, individual, … · 主体类别", "enterprise")
    .option("--scheme <scheme>", "uscc, citizen-id, registration-number · 标识类型")
    .option("--out <file>", "keep what was signed, to hand over · 保存签名原文")
    .action((options: StatementOptions) =>
      runCommand(async () => (await import("./statement.ts")).statement(options)),
    );
}
