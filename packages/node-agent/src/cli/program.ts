import { subjectKinds } from "@xinqiao/protocol/identity";
import { suiteNames } from "@xinqiao/protocol/keys";
import { runCommand, surviveHangup } from "@xinqiao/runtime/cli";
import { Command, Option } from "commander";
import { version } from "../version.ts";
import type { AuthoriseOptions } from "./authorise.ts";
import { addCaseCommands } from "./case-commands.ts";
import { addDeliveryCommands } from "./delivery-commands.ts";
import { describeKeys } from "./describe-keys.ts";
import type { EnrolOptions, RotateOptions } from "./enrol.ts";
import { addFeedbackCommands } from "./feedback-commands.ts";
import type { ImportOptions } from "./import.ts";
import type { InitArguments } from "./init.ts";
import { addIntakeCommands } from "./intake-commands.ts";
import { addLogCommands, addStatement } from "./log-commands.ts";
import type { LookupOptions } from "./lookup.ts";
import { addSharingCommands } from "./sharing-commands.ts";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;

/** `xinqiao`: a member's command line. Each command loads only what it needs: a serving agent stays small. */
export function createProgram(): Command {
  const program = new Command("xinqiao").description("Xinqiao member agent · 信桥成员节点").version(version);
  addInit(program);
  addEnrolment(program);
  program
    .command("import <files...>")
    .description("take national files (CSV, Excel) into the agent's store · 导入数据文件")
    .option(...home)
    .option("--item <code>", "the item, when the header does not tell · 事项代码")
    .option(
      "--force",
      "take a file sent again as new: it also undoes what came after it · 重复文件按新文件处理，恢复其后变更的内容",
    )
    .option("--json", "print the reports as JSON")
    .action((files: string[], options: ImportOptions) =>
      runCommand(async () => (await import("./import.ts")).importFiles(files, options)),
    );
  addLookup(program);
  addAuthorise(program);
  addLogCommands(program);
  addStatement(program);
  addSharingCommands(program);
  addFeedbackCommands(program);
  addDeliveryCommands(program);
  addCaseCommands(program);
  program
    .command("serve")
    .description("answer the gateway and the local platform until stopped · 运行节点")
    .option(...home)
    .action((options: { home: string }) => {
      surviveHangup();
      return runCommand(async () => (await import("./serve.ts")).serveAgent(options.home));
    });
  addSigner(program);
  addGaps(program);
  addIntakeCommands(program);
  program
    .command("catalogue [item]")
    .description(
      "the codes to ask with: items by class, and purposes; or an item's columns · 事项与用途代码，或某事项的栏目",
    )
    .option(...home)
    .action((item: string | undefined, { home }: { home: string }) =>
      runCommand(async () => {
        const { catalogue, catalogueItem } = await import("./catalogue.ts");
        return item === undefined ? catalogue(home) : catalogueItem(home, item);
      }),
    );
  addTemplate(program);
  addDoctor(program);
  addEncryptionKey(program);
  return program;
}

const suiteOption = () =>
  new Option("--suite <name>", "what the key signs with · 签名算法").choices(suiteNames).default("ed25519");

function addInit(program: Command): void {
  program
    .command("init")
    .description("make a new member's folder: configuration, key, local token · 初始化")
    .option(...home)
    .option("--invitation <file>", "the city's invitation, or - for standard input · 市级邀请")
    .option("--node <id>", "without an invitation: node id, e.g. sz-baoan · 节点编号")
    .option("--name-zh <name>", "Chinese name · 中文名")
    .option("--name-en <name>", "English name · 英文名")
    .option("--division <code>", "six-digit parent division · 行政区划代码")
    .option("--role <role>", "district, neighbour-city, source-unit, credit-user, auditor")
    .option("--jurisdiction <code>", "what it answers for; leave out when it only asks · 应答辖区")
    .option("--gateway-node <id>", "the city gateway's node id · 网关节点")
    .option(
      "--gateway-origin <url>",
      "where the gateway is reached; with an invitation: when not as it says · 网关地址",
    )
    .option(
      "--registry-key <thumbprint>",
      "of the city's registry, by `xinqiao-gateway registry key` · 成员清单密钥指纹",
    )
    .option("--listen <host:port>", "where the gateway reaches this agent · 对网关服务地址", "127.0.0.1:8441")
    .option("--origin <url>", "public origin, when it is not the listening address · 对外地址")
    .option("--local <host:port>", "plain JSON for the local platform · 本地接口地址", "127.0.0.1:8541")
    .addOption(suiteOption())
    .option("--json", "print the member as JSON, for `xinqiao-gateway members add`")
    .action((options: InitArguments & { json?: boolean }) =>
      runCommand(async () => {
        const { initAsAsked } = await import("./init.ts");
        const { member, invited } = await initAsAsked(options, Date.now());
        process.stderr.write(describeKeys(member));
        if (options.json) return JSON.stringify({ member });
        const next = invited ? "\nnext · 下一步: xinqiao enrol" : "";
        return `ready · 已就绪: ${options.home}${next}`;
      }),
    );
}

function addEnrolment(program: Command): void {
  program
    .command("enrol")
    .description("ask the city to list this member's key, and print the fingerprint to read out · 申请入网")
    .option(...home)
    .option("--json", "one JSON line")
    .action((options: EnrolOptions) =>
      runCommand(async () => (await import("./enrol.ts")).enrol(options, Date.now())),
    );
  program
    .command("rotate-key")
    .description(
      "make a key that is to follow the one in use, and ask the city to list it; a running agent changes over by itself · 更换签名密钥",
    )
    .option(...home)
    .addOption(suiteOption())
    .option("--json", "one JSON line")
    .action((options: RotateOptions) =>
      runCommand(async () => (await import("./enrol.ts")).rotate(options, Date.now())),
    );
}

function addEncryptionKey(program: Command): void {
  program
    .command("encryption-key")
    .description(
      "make a new key for answers to be sealed to, keep the old one, and print the member as JSON, for `xinqiao-gateway members add` · 更换加密密钥",
    )
    .option(...home)
    .action((options: { home: string }) =>
      runCommand(async () => {
        const { renewEncryptionKey } = await import("./encryption-key.ts");
        const member = await renewEncryptionKey(options.home, Date.now());
        process.stderr.write(describeKeys(member));
        process.stderr.write(
          "a running agent holds it within two seconds; then have the city list it · 运行中的节点两秒内启用，随后请市级登记\n",
        );
        return JSON.stringify({ member });
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

function addGaps(program: Command): void {
  const gaps = program.command("gaps").description("kept-back rows that histories wait for · 待补的隔离行");
  gaps
    .command("list")
    .option(...home)
    .option("--json", "as JSON")
    .action((options: { home: string; json?: boolean }) =>
      runCommand(async () => (await import("./gaps.ts")).listGaps(options.home, options.json)),
    );
  gaps
    .command("close <import> <line>")
    .description("for a row that will never come right · 关闭不会再更正的一行")
    .option(...home)
    .action((number: string, line: string, options: { home: string }) =>
      runCommand(async () =>
        (await import("./gaps.ts")).closeGap(options.home, { import: Number(number), line: Number(line) }),
      ),
    );
}

function addTemplate(program: Command): void {
  program
    .command("template <item> <file.xlsx>")
    .description("an item's columns as an Excel file to fill in, with lists and explanations · 填报模板")
    .option(...home)
    .action((item: string, file: string, options: { home: string }) =>
      runCommand(async () =>
        (await import("./template.ts")).writeTemplate(item, file, options.home, Date.now()),
      ),
    );
}

function addDoctor(program: Command): void {
  const doctor = program
    .command("doctor")
    .description("check configuration, keys, registry, sources and gateway · 自检")
    .option(...home)
    .action((options: { home: string }) =>
      runCommand(async () => (await import("./doctor.ts")).doctor(options.home)),
    );
  doctor
    .command("policy")
    .description(
      "explain the decision about a lookup, step by step, without making it; exit code 2 when it would be refused · 逐条说明查询是否允许",
    )
    .option(...home)
    .option("--requester <node>", "who would ask; this member when left out · 假定的查询方")
    .option("--kind <kind>", subjectKinds.join(", "), "enterprise")
    .requiredOption("--purpose <code>", "the registered purpose · 用途代码")
    .option("--items <codes>", "items, comma-separated · 事项")
    .option("--classes <names>", "whole classes, comma-separated · 大类")
    .option("--jurisdictions <codes>", "comma-separated, or all · 辖区", "all")
    .option("--authorised", "as if the subject had authorised it · 假定已取得主体授权")
    .action((_options: unknown, command: Command) =>
      runCommand(async () => (await import("./doctor-policy.ts")).doctorPolicy(command.optsWithGlobals())),
    );
}

function addAuthorise(program: Command): void {
  const authorise = program.command("authorise").description("a subject's signed permission · 主体授权");
  authorise
    .command("issue <id>")
    .description(
      "sign what a subject permitted here, or the one on standard input for `-`; prints the file for `lookup --authorisation` · 签发授权书",
    )
    .option(...home)
    .option("--kind <kind>", subjectKinds.join(", "), "enterprise")
    .option("--scheme <scheme>", "uscc, citizen-id, registration-number", "uscc")
    .option("--requester <node>", "the member that may ask; this one when left out · 被授权的成员")
    .requiredOption("--purpose <code>", "the registered purpose · 用途代码")
    .requiredOption("--items <codes>", "items, comma-separated · 事项")
    .option("--days <n>", "how long it is good for · 有效天数", "30")
    .option("--uses <n>", "how many lookups · 可用次数", "1")
    .option("--method <method>", "how identity was proven: counter, app, e-id · 身份核验方式", "counter")
    .requiredOption("--reference <number>", "of the signed paper or the session · 授权书或会话编号")
    .action((id: string, options: AuthoriseOptions) =>
      runCommand(async () => (await import("./authorise.ts")).issue(id, options)),
    );
  authorise
    .command("withdraw <authorisation>")
    .description("take back one that was signed here, by its id · 撤回授权")
    .option(...home)
    .action((id: string, options: { home: string }) =>
      runCommand(async () => (await import("./authorise.ts")).withdraw(id, options.home)),
    );
}

function addLookup(program: Command): void {
  program
    .command("lookup <id>")
    .description(
      "ask the federation about one subject, or the one on standard input for `-`; exit code 2 when the result is partial · 查询",
    )
    .option(...home)
    .option("--kind <kind>", "enterprise, individual, public-institution, social-organisation", "enterprise")
    .option("--scheme <scheme>", "uscc, citizen-id, registration-number", "uscc")
    .requiredOption("--purpose <code>", "the registered purpose · 用途代码")
    .option("--items <codes>", "items, comma-separated · 事项")
    .option("--classes <names>", "whole classes, comma-separated · 大类")
    .option("--jurisdictions <codes>", "comma-separated, or all · 辖区", "all")
    .option("--deadline <ms>", "milliseconds for the whole lookup · 时限")
    .option("--max-age <seconds>", "newest acceptable age of the data · 可接受时效")
    .option("--case <reference>", "this member's own number of the matter; the log commits to it · 案由编号")
    .option("--authorisation <file>", "the subject's, by `authorise issue` · 主体授权书文件")
    .option("--json", "print the exchange as JSON")
    .action((id: string, options: LookupOptions) =>
      runCommand(async () => (await import("./lookup.ts")).lookup(id, options)),
    );
}
