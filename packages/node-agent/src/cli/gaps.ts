import { maskNumbersIn } from "@xinqiao/protocol/identity";
import { CommandError, tableOf } from "@xinqiao/runtime/cli";
import { readStore } from "./read-store.ts";
import { writeStore } from "./write-store.ts";

/** Rows kept back that somebody's history still waits for. */
export function listGaps(home: string, json = false): Promise<string> {
  return readStore(home, ({ imports }) => {
    const all = imports.openGaps().map((gap) => ({ ...gap, file: maskNumbersIn(gap.file) }));
    if (json) return JSON.stringify(all);
    const rows = all.map((gap) => [gap.import, gap.line, gap.item, gap.file]);
    return tableOf(["导入 import", "行 line", "事项 item", "文件 file"], rows);
  });
}

/** For a row that will never come right: it should not have been sent, or stands under another name. */
export function closeGap(
  home: string,
  at: { readonly import: number; readonly line: number },
): Promise<string> {
  return writeStore(home, ({ imports }) => {
    if (!imports.closeGap(at)) throw new CommandError("there is no such gap · 没有该缺口");
    return "closed · 已关闭";
  });
}
