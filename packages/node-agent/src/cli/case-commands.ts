import { caseKinds, caseOutcomes } from "@xinqiao/protocol/cases";
import { runCommand } from "@xinqiao/runtime/cli";
import { type Command, Option } from "commander";
import type { DecideOptions, RaiseOptions } from "./cases.ts";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;

/** `cases`: objections and credit repairs, raised here or about this member's records. */
export function addCaseCommands(program: Command): void {
  const cases = program.command("cases").description("objections and credit repairs · 异议与信用修复");
  cases
    .command("raise")
    .description(
      "say that a record of any source is wrong, or ask that it counts no longer · 提出异议或修复申请",
    )
    .option(...home)
    .addOption(
      new Option("--kind <kind>", "which of the two · 类型").choices(caseKinds).makeOptionMandatory(),
    )
    .requiredOption("--source <node>", "whose record · 记录来源")
    .requiredOption("--record <id>", "its id · 记录编号")
    .requiredOption("--reason <text>", "for the source and the city to read · 理由")
    .option("--evidence <files...>", "files that stay here: their SHA-256 goes with it · 证明材料")
    .action((options: RaiseOptions) => runCommand(async () => (await import("./cases.ts")).raise(options)));
  cases
    .command("list")
    .description("what waits for whom, the most urgent first · 案件列表")
    .option(...home)
    .option("--json", "as JSON, with every signed step · 含全部签名步骤")
    .action((options: { home: string; json?: boolean }) =>
      runCommand(async () => (await import("./cases.ts")).list(options)),
    );
  cases
    .command("show <case>")
    .description("one case with its reasons · 案件详情")
    .option(...home)
    .option("--json", "as JSON, with every signed step · 含全部签名步骤")
    .action((id: string, options: { home: string; json?: boolean }) =>
      runCommand(async () => (await import("./cases.ts")).show(id, options)),
    );
  cases
    .command("extend <case>")
    .description("take the longer time, once · 延长办理期限")
    .option(...home)
    .requiredOption("--reason <text>", "why · 理由")
    .action((id: string, options: { home: string; reason: string }) =>
      runCommand(async () => (await import("./cases.ts")).extend(id, options)),
    );
  cases
    .command("decide <case>")
    .description("decide about a record of this member's own, and make it be so · 作出决定并更正记录")
    .option(...home)
    .addOption(
      new Option("--outcome <outcome>", "of it · 处理结果").choices(caseOutcomes).makeOptionMandatory(),
    )
    .requiredOption("--reason <text>", "why · 理由")
    .action((id: string, options: DecideOptions) =>
      runCommand(async () => (await import("./cases.ts")).decide(id, options)),
    );
}
