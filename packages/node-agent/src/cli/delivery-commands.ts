import { runCommand } from "@xinqiao/runtime/cli";
import { type Command, Option } from "commander";
import type { Dialect } from "../delivery/index.ts";
import type { DeliveryOptions } from "./delivery.ts";

const home = ["--home <dir>", "the agent's folder · 节点目录", "."] as const;

/** `delivery`: what becomes of copies on their way to the member's own platform. */
export function addDeliveryCommands(program: Command): void {
  const delivery = program
    .command("delivery")
    .description("how deliveries of copies to this member's platform stand · 副本交付")
    .option(...home)
    .option("--json", "as JSON")
    .action((options: DeliveryOptions & { json?: boolean }) =>
      runCommand(async () => (await import("./delivery.ts")).deliveryStatus(options)),
    );
  for (const [name, work, description] of [
    ["dead", "deadLetters", "what the platform does not take, by reference · 平台拒收的记录"],
    ["replay", "replay", "queue it to be delivered again · 拒收的记录排队重新交付"],
    ["drop", "drop", "forget it: the platform goes without until it changes · 放弃交付拒收的记录"],
    ["anew", "deliverAnew", "deliver everything anew: the platform has lost what it had · 全部重新交付"],
  ] as const) {
    const command = delivery
      .command(`${name} <delivery>`)
      .description(description)
      .option(...home);
    if (name === "dead") command.option("--json", "as JSON");
    command.action((which: string, _options: unknown, command: Command) =>
      runCommand(async () => (await import("./delivery.ts"))[work](which, command.optsWithGlobals())),
    );
  }
  delivery
    .command("table")
    .description("print the SQL that makes the platform's table · 打印建表语句")
    .addOption(
      new Option("--dialect <dialect>", "of the platform's database · 数据库类型")
        .choices(["postgres", "sqlite"])
        .default("postgres"),
    )
    .option("--table <name>", "its name · 表名", "xinqiao_copy")
    .action((options: { dialect: Dialect; table: string }) =>
      runCommand(async () => (await import("./delivery.ts")).tableSql(options)),
    );
}
