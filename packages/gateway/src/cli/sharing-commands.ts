import { runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";
import type { ChosenLetters, HomeOptions, LetterOptions } from "./sharing.ts";

const home = ["--home <dir>", "the gateway's folder · 网关目录", "."] as const;

/** `xinqiao-gateway sharing …`. */
export function addSharingCommands(program: Command): void {
  const sharing = program.command("sharing").description("what members tell and read · 信息共享");
  sharing
    .command("status")
    .option(...home)
    .option("--json", "as JSON")
    .description("how far sources have told, and how far readers are behind · 上报与读取进度")
    .action((options: HomeOptions) =>
      runCommand(async () => (await import("./sharing.ts")).sharingStatus(options, Date.now)),
    );
  chosen(sharing, "dead-letters")
    .option("--limit <number>", "at most so many · 最多条数", "100")
    .description("changes that were refused, and why · 被拒变更")
    .action((options: LetterOptions & { limit: string }) =>
      runCommand(async () => (await import("./sharing.ts")).deadLetters(options)),
    );
  chosen(sharing, "replay")
    .option("--all", "all of them · 全部")
    .description("ask sources to tell refused changes again, e.g. after a change of the catalogue · 要求重报")
    .action((options: ChosenLetters) =>
      runCommand(async () => (await import("./sharing.ts")).replayLetters(options, Date.now)),
    );
  chosen(sharing, "drop")
    .option("--all", "all of them · 全部")
    .description("take refused changes off the list; refused they stay · 从清单移除")
    .action((options: ChosenLetters) =>
      runCommand(async () => (await import("./sharing.ts")).dropLetters(options, Date.now)),
    );
}

function chosen(sharing: Command, name: string): Command {
  return sharing
    .command(name)
    .option(...home)
    .option("--source <node>", "of one source · 来源")
    .option("--code <code>", "refused for one reason, e.g. sync.record-invalid · 原因")
    .option("--record <id>", "of one record · 记录")
    .option("--json", "as JSON");
}
