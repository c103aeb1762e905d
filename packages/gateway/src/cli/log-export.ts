import { createProgress } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { openPublishedLog } from "../store/sqlite/index.ts";
import { exportLog } from "../tile-files/index.ts";

/** The log as files that any tool of C2SP's layout reads; goes on with what is there. */
export async function exportFiles(
  folder: string,
  { home, json }: { readonly home: string; readonly json?: boolean },
): Promise<string> {
  const config = await loadConfig(home);
  const published = openPublishedLog(config.log);
  const step = createProgress(process.stderr).begin("exporting the log · 导出日志");
  try {
    const exported = await exportLog(published, folder, step.at);
    step.end();
    return json
      ? JSON.stringify(exported)
      : `exported · 已导出: ${exported.size} entries, ${exported.written} files written`;
  } finally {
    published.close();
  }
}
