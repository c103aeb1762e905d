import { runCommand } from "@xinqiao/runtime/cli";
import { type Command, Option } from "commander";
import type { Finding } from "../cases/index.ts";

/** `cases list`, `show` and `check`: what the city does about objections and credit repairs. */
export function addCaseCommands(program: Command, home: readonly [string, string, string]): void {
  const cases = program.command("cases").description("objections and credit repairs · 异议与信用修复");
  cases
    .command("list")
    .option(...home)
    .option("--json", "as JSON, with every signed step · 含全部签名步骤")
    .description("what waits for whom, the most urgent first · 案件列表")
    .action((options: { home: string; json?: boolean }) =>
      runCommand(async () => (await import("./cases.ts")).listCases(options)),
    );
  cases
    .command("show <case>")
    .option(...home)
    .option("--json", "as JSON, with every signed step · 含全部签名步骤")
    .description("one case with its reasons, and what the city's copy suggests · 案件详情及核查建议")
    .action((id: string, options: { home: string; json?: boolean }) =>
      runCommand(async () => (await import("./cases.ts")).showCase(id, options)),
    );
  cases
    .command("check <case>")
    .option(...home)
    .addOption(
      new Option(
        "--finding <finding>",
        "whether the city's copy says what the source says · 市级副本与来源是否一致",
      )
        .choices(["same", "differs"])
        .makeOptionMandatory(),
    )
    .description("the city's check of an objection; the running gateway signs it · 核查异议")
    .action((id: string, options: { home: string; finding: Finding }) =>
      runCommand(async () => (await import("./cases.ts")).checkCase(id, options)),
    );
}
