import type { SuiteName } from "@xinqiao/protocol/keys";
import { erasureReasons } from "@xinqiao/protocol/log";
import { criterionOptions } from "@xinqiao/runtime/audit";
import { runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";
import { describeVersion } from "./describe-version.ts";
import { type EraseOptions, erase } from "./erase.ts";
import { show, verify } from "./log.ts";
import { type AlertListOptions, listAlerts } from "./log-alerts.ts";
import { archive } from "./log-archive.ts";
import { checkpoint } from "./log-checkpoint.ts";
import { exportFiles } from "./log-export.ts";
import { logKey, rotateLogKey } from "./log-key.ts";
import { type ListOptions, list } from "./log-list.ts";
import { type ProveOptions, prove } from "./log-prove.ts";
import { type ReconciliationsOptions, reconciliations } from "./log-reconciliations.ts";
import { suiteOption } from "./suite-option.ts";

type Home = readonly [flags: string, description: string, value: string];

/** `xinqiao-gateway log …`. */
export function addLogCommands(program: Command, home: Home): void {
  const log = program.command("log").description("the audit log · 审计日志");
  log
    .command("show <id>")
    .description(
      "the entries of one exchange or refused request, or of a trace, as JSON lines · 查看一次交换或一个追踪号的日志",
    )
    .option(...home)
    .action((id: string, options: { home: string }) => runCommand(() => show(id, options.home)));
  addList(log, home);
  log
    .command("key")
    .description("the key of its checkpoints, for whoever checks them · 日志检查点公钥")
    .option(...home)
    .action((options: { home: string }) => runCommand(() => logKey(options.home)));
  log
    .command("rotate-key")
    .option(...home)
    .addOption(suiteOption())
    .option("--lead-seconds <number>", "until the new key counts · 新密钥生效前的秒数", "300")
    .description("replace the log's own key; the running gateway changes over by itself · 更换日志密钥")
    .action((options: { home: string; suite: SuiteName; leadSeconds: string }) =>
      runCommand(async () => {
        const leadSeconds = Number(options.leadSeconds);
        return describeVersion(await rotateLogKey({ ...options, leadSeconds }, Date.now));
      }),
    );
  log
    .command("checkpoint")
    .option(...home)
    .description("the newest checkpoint, and who has cosigned it · 最新检查点与见证方")
    .action((options: { home: string }) => runCommand(() => checkpoint(options.home)));
  log
    .command("verify")
    .description("recompute the whole tree from its entries · 全量校验日志")
    .option(...home)
    .option("--json", "one JSON line")
    .action((options: { home: string; json?: boolean }) => runCommand(() => verify(options)));
  addErase(log, home);
  addExport(log, home);
  addProve(log, home);
  addReconciliations(log, home);
  addArchive(log, home);
}

function addReconciliations(log: Command, home: Home): void {
  log
    .command("reconciliations")
    .description(
      "how members' books compared with the log, and who has not compared for long · 各成员对账结果",
    )
    .option(...home)
    .option("--member <node>", "of one member · 指定成员")
    .option("--limit <n>", "at most · 最多条数", "100")
    .option("--json", "with both sides' signed statements, as JSON lines · 含双方签署的声明")
    .action((options: ReconciliationsOptions) => runCommand(() => reconciliations(options, Date.now)));
}

function addArchive(log: Command, home: Home): void {
  log
    .command("archive")
    .description(
      "move old entries from the database into files beside it, with the gateway stopped · 归档旧条目",
    )
    .option(...home)
    .requiredOption("--before <date>", "entries written before, e.g. 2026-03-01 · 此日期之前的条目")
    .action((options: { home: string; before: string }) =>
      runCommand(() => archive(options.before, options.home)),
    );
}

function addExport(log: Command, home: Home): void {
  log
    .command("export <folder>")
    .description("the log up to its newest checkpoint as files (C2SP tlog-tiles) · 导出为分片文件")
    .option(...home)
    .option("--json", "one JSON line")
    .action((folder: string, options: { home: string; json?: boolean }) =>
      runCommand(() => exportFiles(folder, options)),
    );
}

function addProve(log: Command, home: Home): void {
  log
    .command("prove <exchange>")
    .description(
      "everything that shows an exchange, in one file that verifies by itself; making it is logged · 出具一次交换的证据包",
    )
    .option(...home)
    .option("--out <file>", "a new file, instead of printing it · 写入新文件")
    .action((exchange: string, options: ProveOptions) =>
      runCommand(() => prove(exchange, options, Date.now)),
    );
}

function addErase(log: Command, home: Home): void {
  log
    .command("erase")
    .description(
      "destroy what is kept about a subject; every proof of the log still holds · 删除某主体的留存，日志证明不受影响",
    )
    .option(...home)
    .requiredOption(
      "--subject <scheme:id>",
      "whom, or - to read it from the input · 主体，- 表示从标准输入读取",
    )
    .requiredOption("--reason <code>", `${erasureReasons.join(", ")} · 删除原因`)
    .action((options: EraseOptions) => runCommand(() => erase(options, Date.now)));
}

function addList(log: Command, home: Home): void {
  log
    .command("alerts")
    .description("unusual use that was raised, newest first, from this machine's files · 异常使用告警")
    .option(...home)
    .option("--all", "those that an auditor has acknowledged too · 包括已处理")
    .option("--json", "alerts as JSON lines")
    .action((options: AlertListOptions) => runCommand(() => listAlerts(options)));
  const listing = log
    .command("list")
    .description("lines of the log, newest first, from this machine's files · 检索日志")
    .option(...home)
    .option("--limit <n>", "lines at most · 最多行数", "100")
    .option("--json", "entries as JSON lines")
    .action((options: ListOptions) => runCommand(() => list(options)));
  for (const [flags, description] of criterionOptions) listing.option(flags, description);
}
