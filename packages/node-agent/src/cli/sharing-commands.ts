import { subjectKinds, subjectSchemes } from "@xinqiao/protocol/identity";
import { recordLengths } from "@xinqiao/protocol/record";
import { runCommand } from "@xinqiao/runtime/cli";
import { type Command, Option } from "commander";
import type { CopiesOptions } from "./copies.ts";
import { actOf, type CorrectOptions } from "./correction-act.ts";
import type { RefusedOptions } from "./refused.ts";
import type { ScreenOptions } from "./screen.ts";
import type { CorrectionsOptions } from "./sharing.ts";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;

/** `correct`, `corrections`, `copies` and `screen`: what becomes of records that are shared. */
export function addSharingCommands(program: Command): void {
  program
    .command("correct <record>")
    .description(
      "withdraw, repair or annotate a record of this member's own; everyone who holds it is told · 更正记录",
    )
    .option(...home)
    .option("--withdraw", "it should never have been: no longer disclosed · 撤回")
    .option("--repair", "credit repaired: no longer disclosed · 修复")
    .option(
      "--annotate <text>",
      `objection, review, litigation: shown with it, at most ${recordLengths.annotation} characters · 标注，至多 ${recordLengths.annotation} 字`,
    )
    .option("--restore", "stands again as it was · 恢复")
    .action((record: string, options: CorrectOptions) =>
      runCommand(async () => (await import("./sharing.ts")).correct(record, options.home, actOf(options))),
    );
  program
    .command("corrections")
    .description("who has acknowledged corrections of this member's records · 更正办理进度")
    .option(...home)
    .option("--limit <number>", "at most so many, 500 at most · 最多条数", "100")
    .option("--json", "as JSON, with the city's signed statements · 含市级签署的办结证明")
    .action((options: CorrectionsOptions) =>
      runCommand(async () => (await import("./sharing.ts")).corrections(options)),
    );
  addRefused(program);
  addReconcileCopies(program);
  addScreen(program);
  program
    .command("copies <identifier>")
    .description(
      "what other members have shared about a subject; - reads the identifier from standard input · 查共享副本",
    )
    .option(...home)
    .addOption(
      new Option("--kind <kind>", "of subject · 主体类别").choices(subjectKinds).default("enterprise"),
    )
    .option("--scheme <scheme>", "of the identifier · 标识类型", "uscc")
    .option("--items <codes>", "comma separated; all unless said · 事项代码")
    .option("--json", "as JSON")
    .action((identifier: string, options: CopiesOptions) =>
      runCommand(async () => (await import("./copies.ts")).copies(identifier, options)),
    );
}

function addScreen(program: Command): void {
  program
    .command("screen <file>")
    .description(
      "which of many subjects are listed, one identifier a line, and what a matter does with them · 批量筛查",
    )
    .option(...home)
    .requiredOption("--purpose <code>", "the matter · 事项用途代码")
    .requiredOption(
      "--out <file>",
      "where the hits go, a new file: .xlsx for Excel, CSV otherwise · 命中结果文件（.xlsx 或 CSV）",
    )
    .option("--items <codes>", "comma separated; all of the purpose unless said · 事项代码")
    .addOption(
      new Option("--kind <kind>", "of the subjects · 主体类别").choices(subjectKinds).default("enterprise"),
    )
    .addOption(
      new Option("--scheme <scheme>", "of the identifiers · 标识类型")
        .choices(subjectSchemes)
        .default("uscc"),
    )
    .action((file: string, options: ScreenOptions) =>
      runCommand(async () => (await import("./screen.ts")).screenFile(file, options)),
    );
}

function addRefused(program: Command): void {
  program
    .command("refused")
    .description("records of this member's own that the city did not take, and why · 市级拒收的记录")
    .option(...home)
    .option("--limit <number>", "at most so many · 最多条数", "100")
    .option("--json", "as JSON")
    .action((options: RefusedOptions) =>
      runCommand(async () => (await import("./refused.ts")).refused(options)),
    );
}

function addReconcileCopies(program: Command): void {
  program
    .command("reconcile")
    .description("compare with the city · 与市级核对")
    .command("copies")
    .description(
      "compare what this member tells and holds with the city's copies, repair what differs, and report · 副本对账",
    )
    .option(...home)
    .option("--json", "as JSON")
    .action((options: { home: string; json?: boolean }) =>
      runCommand(async () => (await import("./reconcile-copies.ts")).reconcileCopies(options)),
    );
}
