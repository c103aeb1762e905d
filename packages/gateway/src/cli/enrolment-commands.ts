import { CommandError, runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";
import { describeVersion } from "./describe-version.ts";
import {
  approve,
  describeWaiting,
  type InviteOptions,
  invite,
  reject,
  waitingRequests,
} from "./enrolments.ts";
import { openForPublishing } from "./publishing.ts";

/** The part of `members` by which one comes in. */
export function addEnrolmentCommands(members: Command, home: readonly [string, string, string]): void {
  members
    .command("invite <node>")
    .option(...home)
    .option(
      "--name-zh <name>",
      "Chinese name; of a member that comes back, what is left out is as it was · 中文名",
    )
    .option("--name-en <name>", "English name · 英文名")
    .option("--division <code>", "six-digit parent division · 行政区划代码")
    .option("--role <role>", "district, neighbour-city, source-unit, credit-user, auditor")
    .option("--jurisdiction <code>", "what it answers for; leave out when it only asks · 应答辖区")
    .option("--items <codes>", "items it may ask for, comma-separated; all when left out · 事项范围")
    .option("--purposes <codes>", "purposes it may ask for; all when left out · 用途范围")
    .option("--hours <number>", "how long it is good · 有效小时数", "24")
    .description("print an invitation, good once, to hand to the member · 签发一次性邀请")
    .action((node: string, options: InviteOptions) => runCommand(() => invite(node, options, Date.now)));
  members
    .command("requests")
    .option(...home)
    .description("requests that wait, each with the fingerprint to compare · 待审批的入网与换钥申请")
    .action((options: { home: string }) =>
      runCommand(async () => {
        return describeWaiting(
          await waitingRequests(await openForPublishing(options.home, Date.now), Date.now()),
        );
      }),
    );
  members
    .command("approve <node>")
    .option(...home)
    .option("--fingerprint <digits>", "as the member read it out over the telephone · 成员在电话中读出的指纹")
    .option("--lead-seconds <number>", "until a key that follows another counts · 新密钥生效前的秒数", "300")
    .option("--overlap-seconds <number>", "how long the old key then goes on · 旧密钥继续有效的秒数", "86400")
    .description("list the key that was asked for · 批准申请")
    .action((node: string, options: ApprovalArguments) =>
      runCommand(async () => describeVersion(await approve(node, timesOf(options), Date.now))),
    );
  members
    .command("reject <node>")
    .option(...home)
    .description("refuse what waits; its invitation stays used · 拒绝申请")
    .action((node: string, options: { home: string }) =>
      runCommand(() => reject(node, options.home, Date.now)),
    );
}

export interface TimesArguments {
  readonly home: string;
  readonly leadSeconds: string;
  readonly overlapSeconds: string;
}

interface ApprovalArguments extends TimesArguments {
  readonly fingerprint?: string;
}

export function timesOf<Options extends TimesArguments>(options: Options) {
  const [leadSeconds, overlapSeconds] = [Number(options.leadSeconds), Number(options.overlapSeconds)];
  if (!(leadSeconds >= 0 && overlapSeconds >= 0)) {
    throw new CommandError("seconds are a number, zero or more · 秒数须为非负数");
  }
  return { ...options, leadSeconds, overlapSeconds };
}
