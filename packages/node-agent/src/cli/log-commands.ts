import { criterionOptions } from "@xinqiao/runtime/audit";
import { runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";
import type { FsckOptions } from "./log-fsck.ts";
import type { ProveOptions, VerifyOptions } from "./log-prove.ts";
import type { SearchOptions } from "./log-search.ts";
import type { ReconcileOptions } from "./reconcile.ts";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;

/** `xinqiao log …`: what a member and an auditor do with the city's log. */
export function addLogCommands(program: Command): void {
  const log = program
    .command("log")
    .description("the city's audit log, and this member's book of it · 市级审计日志与本节点台账");
  addReconcile(log);
  addFsck(log);
  addSearch(log);
  addProofs(log);
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
  for (const [flags, description] of criterionOptions) search.option(flags, description);
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
    .requiredOption(
      "--origin-key <key>",
      "as `xinqiao-gateway log key` prints it, had from the city by another way · 日志公钥",
    )
    .option("--json", "findings as JSON")
    .action((bundle: string, options: VerifyOptions) =>
      runCommand(async () => (await import("./log-prove.ts")).verify(bundle, options)),
    );
}
