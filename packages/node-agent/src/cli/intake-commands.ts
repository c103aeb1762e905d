import { runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;
interface Options {
  readonly home: string;
  readonly json?: boolean;
}

/** Rows of the platform's tables and services. */
export function addIntakeCommands(program: Command): void {
  const intake = program
    .command("intake")
    .description("tables and services of the platform that are followed · 库表与服务接入");
  intake
    .command("status")
    .description("how each stands, and what waits for somebody · 接入状态")
    .option(...home)
    .option("--json", "print JSON")
    .action((options: Options) =>
      runCommand(async () => (await import("./intake.ts")).intakeStatus(options.home, options.json)),
    );
  intake
    .command("rows <stream>")
    .description("rows kept back: the platform's own keys, and why; the first hundred · 隔离行及原因")
    .option(...home)
    .option("--json", "print JSON")
    .action((stream: string, options: Options) =>
      runCommand(async () => (await import("./intake.ts")).keptRows(options.home, stream, options.json)),
    );
  intake
    .command("confirm <stream>")
    .description(
      "let go the rows that are gone from the platform: their records are withdrawn · 确认消失的行",
    )
    .option(...home)
    .action((stream: string, options: Options) =>
      runCommand(async () => (await import("./intake.ts")).confirmGone(options.home, stream)),
    );
  intake
    .command("forget <stream>")
    .description("forget one that is in agent.json no more; its records stay · 移除已停用的来源，记录保留")
    .option(...home)
    .action((stream: string, options: Options) =>
      runCommand(async () => (await import("./intake.ts")).forgetStream(options.home, stream)),
    );
  intake
    .command("triggers <stream>")
    .description(
      "SQL that lets the platform's database write down what changes; run it there · 变更触发器 SQL",
    )
    .option(...home)
    .action((stream: string, options: Options) =>
      runCommand(async () => (await import("./intake.ts")).printTriggers(options.home, stream)),
    );
}
