import { instantOf } from "@xinqiao/runtime/calendar";
import { CommandError, createProgress } from "@xinqiao/runtime/cli";
import { archiveLog, archiveOf } from "../archive/index.ts";
import { loadConfig, readTagKey } from "../config/index.ts";
import { openPublishedLog, startWriter } from "../store/sqlite/index.ts";

/** Moves entries written before a day into the archive, while the gateway stands still: a running one does it by itself. */
export async function archive(before: string, home: string): Promise<string> {
  const at = Date.parse(instantOf(before));
  if (Number.isNaN(at)) throw new CommandError("--before is a date, e.g. 2026-03-01 · 日期格式如 2026-03-01");
  const config = await loadConfig(home);
  const tagKey = await readTagKey(config.logTagKey);
  const writer = await startWriter({ path: config.log, tagKey }).catch((error: Error) => {
    throw new CommandError(
      `${error.message}\na running gateway archives by itself: set archiveAfterDays · 运行中的网关按 archiveAfterDays 自动归档`,
    );
  });
  const published = openPublishedLog(config.log);
  const step = createProgress(process.stderr).begin("archiving · 归档");
  try {
    const parts = { folder: archiveOf(config.log), published, log: writer, onProgress: step.at };
    const { size, moved } = await archiveLog(at, parts);
    step.end();
    return `archived · 已归档: ${moved} entries now, the first ${size} in all`;
  } finally {
    published.close();
    await writer.close();
  }
}
