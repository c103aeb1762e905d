import { measureOutcomes, revocationOutcomes } from "@xinqiao/protocol/measures";
import { runCommand } from "@xinqiao/runtime/cli";
import { type Command, Option } from "commander";
import type { FeedbackOptions } from "./feedback.ts";
import type { AnswerOptions, RevocationsOptions } from "./revocations.ts";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;

/** `feedback` and `revocations`: what this member did about others' records, and what it takes back. */
export function addFeedbackCommands(program: Command): void {
  program
    .command("feedback <exchange>")
    .description(
      "tell the city what was done about a record that this lookup or screening has given · 联合奖惩反馈",
    )
    .option(...home)
    .requiredOption("--source <node>", "whose record · 记录来源")
    .requiredOption("--record <id>", "its id · 记录编号")
    .requiredOption("--record-version <number>", "its version, as it was given · 记录版本")
    .addOption(outcomeOption(measureOutcomes, "what was done · 执行情况"))
    .requiredOption("--matter <number>", "this member's own number of the matter · 本单位办件编号")
    .requiredOption("--on <day>", "when it was decided, e.g. 2026-11-30 · 决定日期")
    .option("--reason <text>", "why it was not applied whole; no personal data · 未全部执行的理由")
    .action((exchange: string, options: FeedbackOptions) =>
      runCommand(async () => (await import("./feedback.ts")).feedback(exchange, options)),
    );
  addRevocations(program);
}

function addRevocations(program: Command): void {
  const revocations = program
    .command("revocations")
    .description("what the city asks this member to revoke, because its record was repaired · 撤销通知")
    .option(...home)
    .option("--json", "as JSON")
    .action((options: RevocationsOptions) =>
      runCommand(async () => (await import("./revocations.ts")).revocations(options)),
    );
  revocations
    .command("answer <number>")
    .description("answer a notice, by its number in the list · 答复撤销通知")
    .addOption(outcomeOption(revocationOutcomes, "what was decided · 处理结果"))
    .option("--on <day>", "when it was decided; today unless said · 决定日期")
    .option("--reason <text>", "why it is kept; no personal data · 保留的理由")
    // Of the command that it is part of.
    .action((number: string, options: Omit<AnswerOptions, "home">, { parent }: Command) =>
      runCommand(async () =>
        (await import("./revocations.ts")).answerRevocation(number, {
          ...options,
          home: parent?.opts<RevocationsOptions>().home ?? ".",
        }),
      ),
    );
}

function outcomeOption(outcomes: readonly string[], description: string): Option {
  return new Option("--outcome <outcome>", description).choices(outcomes).makeOptionMandatory();
}
