import { loadConfig } from "../config/index.ts";
import { openHub } from "../store/sqlite/index.ts";

const head =
  "来源 source\t已执行 applied\t部分执行 partly\t未执行 not applied\t记录已修复或撤回 record repaired or withdrawn since";

/** What members did about sources' records, by their newest reports: in a process of its own, beside the gateway. */
export async function measures({
  home,
  json,
}: {
  readonly home: string;
  readonly json?: boolean;
}): Promise<string> {
  const hub = openHub((await loadConfig(home)).sharing);
  try {
    const counts = hub.measureCounts();
    if (json) return JSON.stringify(counts);
    if (counts.length === 0) return "尚无反馈 nothing was reported";
    const lines = counts.map(({ source, applied, partly, notApplied, overtaken }) =>
      [source, applied, partly, notApplied, overtaken].join("\t"),
    );
    return [head, ...lines].join("\n");
  } finally {
    hub.close();
  }
}
