import type { SuiteName } from "@xinqiao/protocol/keys";
import { CommandError, runCommand, surviveHangup } from "@xinqiao/runtime/cli";
import { Command } from "commander";
import { version } from "../app/index.ts";
import { addAgreementCommands } from "./agreements.ts";
import { backup, restoreHome } from "./backup.ts";
import { addCaseCommands } from "./case-commands.ts";
import { addCatalogueCommands } from "./catalogue-commands.ts";
import { describeVersion } from "./describe-version.ts";
import { doctor } from "./doctor.ts";
import { addEnrolmentCommands, type TimesArguments, timesOf } from "./enrolment-commands.ts";
import { type InitOptions, init } from "./init.ts";
import { addLogCommands } from "./log-commands.ts";
import type { MeasuresOptions } from "./measures.ts";
import {
  addMembers,
  moveMember,
  removeQuota,
  revokeAllKeys,
  revokeKey,
  setQuota,
  setStatus,
} from "./members.ts";
import { addPeerCommands } from "./peers.ts";
import { openForPublishing } from "./publishing.ts";
import { beginRollover, finishRollover, registryKey, renew } from "./registry-key.ts";
import { rotateKey } from "./rotate-key.ts";
import type { ScorecardOptions } from "./scorecard.ts";
import { addSharingCommands } from "./sharing-commands.ts";
import { suiteOption } from "./suite-option.ts";
import { setSuites } from "./suites.ts";

const home = ["--home <dir>", "the gateway's folder · 网关目录", "."] as const;

/** `xinqiao-gateway`: the city's command line. */
export function createProgram(): Command {
  const program = new Command("xinqiao-gateway")
    .description("Xinqiao city gateway · 信桥市级网关")
    .version(version);
  addInit(program);
  addEnrolmentCommands(addMembersCommands(program), home);
  addRegistryCommands(program);
  addPeerCommands(program, home);
  addAgreementCommands(program, home);
  addSigner(program);
  addCatalogueCommands(program);
  program
    .command("serve")
    .description("run until stopped · 运行网关")
    .option(...home)
    .action((options: { home: string }) => {
      surviveHangup();
      return runCommand(async () => (await import("./serve.ts")).serveGateway(options.home));
    });
  program
    .command("rotate-key")
    .option(...home)
    .addOption(suiteOption())
    .option("--lead-seconds <number>", "until the new key counts · 新密钥生效前的秒数", "300")
    .option("--overlap-seconds <number>", "how long the old key then goes on · 旧密钥继续有效的秒数", "86400")
    .description(
      "replace the gateway's own signing key; the running gateway changes over by itself · 更换网关签名密钥",
    )
    .action((options: TimesArguments & { suite: SuiteName }) =>
      runCommand(async () => describeVersion(await rotateKey(timesOf(options), Date.now))),
    );
  addLogCommands(program, home);
  addBackup(program);
  addCounts(program);
  addSharingCommands(program);
  addCaseCommands(program, home);
  program
    .command("doctor")
    .description("check configuration, keys, members and log · 自检")
    .option(...home)
    .action((options: { home: string }) => runCommand(() => doctor(options.home)));
  return program;
}

function addCounts(program: Command): void {
  program
    .command("scorecard")
    .description("how sources did in a month: in time, complete, refused, corrections · 数据质量考核")
    .option(...home)
    .requiredOption("--month <month>", "e.g. 2026-11 · 月份")
    .option("--json", "as JSON")
    .option("--csv <file>", "into a new file that Excel opens · 写入新的 CSV 文件")
    .option("--xlsx <file>", "into a new Excel file, with the rules · 写入新的 Excel 文件")
    .action((options: ScorecardOptions) =>
      runCommand(async () => (await import("./scorecard.ts")).scorecard(options)),
    );
  program
    .command("measures")
    .description("what members did about each source's records, by their reports · 联合奖惩反馈统计")
    .option(...home)
    .option("--open", "who has not answered a notice of revocation, and by when it is due · 未答复的撤销通知")
    .option("--json", "as JSON")
    .action((options: MeasuresOptions) =>
      runCommand(async () => (await import("./measures.ts")).measures(options)),
    );
}

function addBackup(program: Command): void {
  program
    .command("backup <folder>")
    .description("back up everything but private keys, while it runs; subjects' keys lie apart · 备份网关")
    .option(...home)
    .option("--with-keys", "private keys too: keep such a backup as they are kept · 含私钥")
    .action((folder: string, options: { home: string; withKeys?: boolean }) =>
      runCommand(() => backup(folder, options)),
    );
  program
    .command("restore <folder>")
    .description(
      "make a new home from a backup, unless a witness has cosigned something newer · 从备份恢复到新目录",
    )
    .option(...home)
    .action((folder: string, options: { home: string }) =>
      runCommand(() => restoreHome(folder, options.home)),
    );
}

function addInit(program: Command): void {
  program
    .command("init")
    .description("make a new gateway's folder: configuration, key, member list · 初始化")
    .option(...home)
    .requiredOption("--node <id>", "node id, e.g. sz · 节点编号")
    .requiredOption("--name-zh <name>", "Chinese name · 中文名")
    .requiredOption("--name-en <name>", "English name · 英文名")
    .requiredOption("--division <code>", "six-digit division code · 行政区划代码")
    .option("--listen <host:port>", "where members reach it · 对成员服务地址", "127.0.0.1:8440")
    .option("--admin <host:port>", "health, metrics, targets · 管理地址", "127.0.0.1:8449")
    .option("--origin <url>", "public origin, when it is not the listening address · 对外地址")
    .addOption(suiteOption())
    .option("--json", "print the member as JSON")
    .action((options: InitOptions & { json?: boolean }) =>
      runCommand(async () => {
        const member = await init(options, Date.now());
        return options.json
          ? JSON.stringify({ member, home: options.home })
          : `ready · 已就绪: ${options.home}`;
      }),
    );
}

function addSigner(program: Command): void {
  program
    .command("signer")
    .description("signing keys in a process of their own · 签名服务")
    .command("serve <keyfiles...>")
    .requiredOption("--socket <path>", "where this machine's processes reach it · 本机套接字")
    .option("--group", "let the socket's group in too · 允许同组用户使用")
    .description("sign with these keys for whoever may open the socket, until stopped · 运行签名服务")
    .action((keyFiles: string[], options: { socket: string; group?: boolean }) => {
      surviveHangup();
      return runCommand(async () =>
        (await import("@xinqiao/runtime/signing-daemon")).serveSigner(keyFiles, options),
      );
    });
}

interface QuotaOptions {
  readonly home: string;
  readonly per: string;
  readonly remove?: boolean;
}

const standings = [
  ["suspend", "suspended", "it may not ask and is not asked · 暂停成员"],
  ["resume", "active", "after a suspension · 恢复成员"],
  ["remove", "left", "it has left; its keys stay for old evidence · 成员退出"],
] as const;

function addMembersCommands(program: Command): Command {
  const members = program.command("members").description("the federation's members · 成员管理");
  members
    .command("list")
    .option(...home)
    .description("who is in the federation · 成员列表")
    .action((options: { home: string }) =>
      runCommand(async () => {
        const registry = await openForPublishing(options.home, Date.now);
        return describeVersion((await registry.newest()).document);
      }),
    );
  members
    .command("add <files...>")
    .option(...home)
    .description("admit members from the files `xinqiao init --json` wrote · 接纳成员")
    .action((files: string[], options: { home: string }) =>
      runCommand(async () => describeVersion(await addMembers(options.home, files, Date.now))),
    );
  for (const [name, status, description] of standings) {
    members
      .command(`${name} <node>`)
      .option(...home)
      .description(description)
      .action((node: string, options: { home: string }) =>
        runCommand(async () => describeVersion(await setStatus(options.home, node, status, Date.now))),
      );
  }
  addQuota(members);
  members
    .command("move <node>")
    .option(...home)
    .requiredOption("--endpoint <url>", "where it is reached from now on · 新的服务地址")
    .description("list another address · 变更成员地址")
    .action((node: string, options: { home: string; endpoint: string }) =>
      runCommand(async () =>
        describeVersion(await moveMember(options.home, node, options.endpoint, Date.now)),
      ),
    );
  members
    .command("revoke-key <node> [thumbprint]")
    .option(...home)
    .option(
      "--all",
      "every key of the member: one that was rotated away counts until its overlap ends · 全部密钥",
    )
    .description("end a key's validity now · 立即停用密钥")
    .action((node: string, keyId: string | undefined, options: { home: string; all?: boolean }) =>
      runCommand(async () => {
        if (options.all) return describeVersion(await revokeAllKeys(options.home, node, Date.now));
        if (keyId === undefined) throw new CommandError("say which key, or --all · 请指明密钥，或用 --all");
        return describeVersion(await revokeKey(options.home, node, keyId, Date.now));
      }),
    );
  return members;
}

function addQuota(members: Command): void {
  members
    .command("quota <node> <purpose> [lookups]")
    .option(...home)
    .option("--per <period>", "day or hour · 按日或按小时", "day")
    .option("--remove", "take it away, whatever its period · 取消配额")
    .description("how many lookups for a purpose the member may have · 查询配额")
    .action((node: string, purpose: string, lookups: string | undefined, options: QuotaOptions) =>
      runCommand(async () => {
        if (options.remove) return describeVersion(await removeQuota(options.home, node, purpose, Date.now));
        const wanted = Number(lookups ?? Number.NaN);
        if (!Number.isSafeInteger(wanted) || wanted < 1) {
          throw new CommandError("say how many lookups, or --remove · 请给出次数，或用 --remove");
        }
        const quota = { purpose, lookups: wanted, per: options.per };
        return describeVersion(await setQuota(options.home, node, quota, Date.now));
      }),
    );
}

function addRegistryCommands(program: Command): void {
  const registry = program.command("registry").description("the signed list of members · 成员清单");
  registry
    .command("key")
    .option(...home)
    .description("the thumbprint that members pin · 成员须固定的密钥指纹")
    .action((options: { home: string }) => runCommand(() => registryKey(options.home)));
  registry
    .command("renew")
    .option(...home)
    .description("publish it again before its end · 到期前续签")
    .action((options: { home: string }) =>
      runCommand(async () => describeVersion(await renew(options.home, Date.now))),
    );
  registry
    .command("suites <names...>")
    .option(...home)
    .description("say anew what the federation signs with: ed25519, es256, sm2 · 设定可用签名算法")
    .action((names: string[], options: { home: string }) =>
      runCommand(async () => describeVersion(await setSuites(options.home, names, Date.now))),
    );
  const rollover = registry
    .command("rollover")
    .description("replace the registry's key in two steps, days apart · 轮换成员清单密钥");
  rollover
    .command("begin")
    .option(...home)
    .addOption(suiteOption())
    .description("list the new key beside the old · 列入新密钥")
    .action((options: { home: string; suite: SuiteName }) =>
      runCommand(async () => describeVersion(await beginRollover(options.home, options.suite, Date.now))),
    );
  rollover
    .command("finish")
    .option(...home)
    .description("sign with the new key and leave the old one out · 改用新密钥")
    .action((options: { home: string }) =>
      runCommand(async () => describeVersion(await finishRollover(options.home, Date.now))),
    );
}
