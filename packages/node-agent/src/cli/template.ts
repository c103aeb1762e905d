import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { CommandError, writeNewFile } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { templateOf } from "../template/index.ts";
import { heldCatalogue } from "./held-catalogue.ts";

/** Writes an Excel file for an item's senders to fill in; never over another. */
export async function writeTemplate(code: string, file: string, home: string, now: number): Promise<string> {
  const { items, version } = await heldCatalogue(await loadConfig(home));
  const parsed = itemCodeSchema.safeParse(code);
  const item = parsed.success ? items.get(parsed.data) : undefined;
  if (item === undefined) {
    const known = [...items.keys()].join(", ");
    throw new CommandError(`the catalogue has no item ${code} · 目录中没有该事项\n${known}`);
  }
  if (!/\.xlsx$/i.test(file)) throw new CommandError("a template is an .xlsx file · 模板为 .xlsx 文件");
  await writeNewFile(file, await templateOf(item, version, now));
  return `${file}: ${item.code} ${item.name.zh} · ${item.name.en}`;
}
