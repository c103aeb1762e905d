import { criterionOptions } from "@xinqiao/runtime/audit";
import { runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";
import type { AlertsOptions } from "./log-alerts.ts";
import type { CountsOptions } from "./log-counts.ts";
import type { ExportOptions, VerifyExportOptions } from "./log-export.ts";
import type { FsckOptions } from "./log-fsck.ts";
import type { ProveOptions, VerifyOptions } from "./log-prove.ts";
import type { ReconciliationsOptions } from "./log-reconciliations.ts";
import type { SearchOptions } from "./log-search.ts";
import type { ReconcileOptions } from "./reconcile.ts";
import type { StatementOptions } from "./statement.ts";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;
/** One shell alias, which names the home, does for every command. */
const noHome = ["--home <dir>", "not needed: nothing in it is read · 不需要节点目录"] as const;

/** `xinqiao log …`: what a member and an auditor do with the city's log. */
export function addLogCommands(program: Command): void {
  const log = program
    .command("log")
    .description("the city's audit log, and this member's book of it · 市级审计日志与本节点台账");
  addReconcile(log);
  addFsck(log);
  addSearch(log);
  addProofs(log);
  addAlerts(log);
  addExport(log);
  addReconciliations(log);
}

function addReconcile(log: Command): void {
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
}

function addFsck(log: Command): void {
  log
    .command("fsck <place>")
    .description(
      "check a log from its entries up: a gateway's folder, an exported folder, or a gateway's address; exit code 2 when anything is wrong · 独立校验日志",
    )
    .option(...noHome)
    .option(
      "--origin-key <vkey...>",
      "what its checkpoints are signed with, by `xinqiao-gateway log key` · 日志公钥",
    )
    .option("--registry <file>", "a version of the city's registry, for cosignatures · 成员清单文件")
    .option("--tolerance-seconds <n>", "how far times may go back · 时间回退容限", "60")
    .option("--tree-only", "hashes, tiles and checkpoints alone: faster · 只校验哈希树")
    .option("--all-fields", "hold every entry against the fields of its kind: slower · 校验全部字段")
    .option("--json", "one JSON line")
    .action((place: string, options: FsckOptions) =>
      runCommand(async () => (await import("./log-fsck.ts")).fsck(place, options)),
    );
}

function addProofs(log: Command): void {
  log
    .command("prove <exchange>")
    .description(
      "everything that shows an exchange, in one file that verifies by itself: of one's own all of it · 取得一次交换的证据包",
    )
    .option(...home)
    .option("--out <file>", "a new file, instead of printing it · 写入新文件")
    .action((exchange: string, options: ProveOptions) =>
      runCommand(async () => (await import("./log-prove.ts")).prove(exchange, options)),
    );
  log
    .command("verify <bundle>")
    .description("judge such a file offline, by the log's key alone · 离线核验证据包")
    .option(...noHome)
    .requiredOption(
      "--origin-key <key>",
      "as `xinqiao-gateway log key` prints it, had from the city by another way · 日志公钥",
    )
    .option("--json", "findings as JSON")
    .action((bundle: string, options: VerifyOptions) =>
      runCommand(async () => (await import("./log-prove.ts")).verify(bundle, options)),
    );
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
    .option(
      "--save <name>",
      "save it under a name, without subject and case · 保存检索条件（不含主体、案由）",
    );
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
  log
    .command("case <reference> <exchange>")
    .description(
      "whether a lookup was made under a case's reference; exit code 2 when it was not · 核对案由编号（审计员）",
    )
    .option(...home)
    .action((reference: string, exchange: string, options: { home: string }) =>
      runCommand(async () => (await import("./log-case.ts")).checkCase(reference, exchange, options.home)),
    );
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
    .option("--quorum <n>", "how many other organisations must have cosigned it · 须有多少个其他组织见证")
    .action((file: string, options: VerifyExportOptions) =>
      runCommand(async () => (await import("./log-export.ts")).verifyExportedFile(file, options)),
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

function addReconciliations(log: Command): void {
  log
    .command("reconciliations")
    .description(
      "how members' books compared with the log, and who has not compared for long: for members of role auditor · 查看各成员对账结果（审计员）",
    )
    .option(...home)
    .option("--member <node>", "of one member · 指定成员")
    .option("--limit <n>", "at most · 最多条数", "100")
    .option("--json", "with both sides' signed statements · 含双方签署的声明")
    .action((options: ReconciliationsOptions) =>
      runCommand(async () => (await import("./log-reconciliations.ts")).reconciliations(options)),
    );
}
