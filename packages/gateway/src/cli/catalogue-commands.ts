import { runCommand } from "@xinqiao/runtime/cli";
import type { Command } from "commander";
import { diffCatalogue, exportCatalogue, publishCatalogue, validateCatalogue } from "./catalogue.ts";

const home = ["--home <dir>", "the gateway's folder · 网关目录", "."] as const;

/** `xinqiao-gateway catalogue …`. */
export function addCatalogueCommands(program: Command): void {
  const catalogue = program
    .command("catalogue")
    .description("the signed list of items and purposes · 事项与用途目录");
  catalogue
    .command("export")
    .option(...home)
    .description("the newest version as JSON, to change and publish · 导出现行目录")
    .action((options: { home: string }) => runCommand(() => exportCatalogue(options.home, Date.now)));
  catalogue
    .command("validate <file>")
    .option(...home)
    .description("name every fault of a draft, with its place · 校验目录草案")
    .action((file: string, options: { home: string }) =>
      runCommand(() => validateCatalogue(options.home, file, Date.now)),
    );
  catalogue
    .command("diff <file>")
    .option(...home)
    .option("--json", "the changes as JSON")
    .description("what a draft changes, and what of it widens disclosure · 与现行目录比较")
    .action((file: string, options: { home: string; json?: boolean }) =>
      runCommand(() => diffCatalogue(options.home, file, options.json === true, Date.now)),
    );
  catalogue
    .command("publish <file>")
    .option(...home)
    .description("sign a draft and publish it as the next version · 签发目录")
    .action((file: string, options: { home: string }) =>
      runCommand(async () => {
        const { version, items, purposes } = await publishCatalogue(options.home, file, Date.now);
        return `version · 版本 ${version}\t${items.length} items, ${purposes.length} purposes`;
      }),
    );
}
