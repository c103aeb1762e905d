import { CommandError } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { type AgentStore, openStore } from "../store/index.ts";
import { readStore } from "./read-store.ts";

/** Rows kept back that somebody's history still waits for. */
export function listGaps(home: string): Promise<string> {
  return readStore(home, ({ imports }) => {
    const lines = imports.openGaps().map((gap) => [gap.import, gap.line, gap.item, gap.file].join("\t"));
    return ["import 导入\tline 行\titem 事项\tfile 文件", ...lines].join("\n");
  });
}

/** For a row that will never come right: it should not have been sent, or stands under another name. */
export function closeGap(
  home: string,
  at: { readonly import: number; readonly line: number },
): Promise<string> {
  return withStore(home, ({ imports }) => {
    if (!imports.closeGap(at)) throw new CommandError("there is no such gap · 没有该缺口");
    return "closed · 已关闭";
  });
}

async function withStore(home: string, work: (store: AgentStore) => string): Promise<string> {
  const store = openStore((await loadConfig(home)).store);
  try {
    return work(store);
  } finally {
    store.close();
  }
}
