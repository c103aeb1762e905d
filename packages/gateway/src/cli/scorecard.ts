import { instantOf } from "@xinqiao/runtime/calendar";
import { CommandError, writeNewFile } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { scoreCsv, scoreText, scoreWorkbook } from "../scorecard/index.ts";
import { openHub } from "../store/sqlite/index.ts";

export interface ScorecardOptions {
  readonly home: string;
  readonly month: string;
  readonly json?: boolean;
  readonly csv?: string;
  readonly xlsx?: string;
}

/** How sources did in a month, from what was counted as their pages came: in a process of its own, beside the gateway. */
export async function scorecard({ home, month, json, csv, xlsx }: ScorecardOptions): Promise<string> {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) {
    throw new CommandError("not a month, e.g. 2026-11 · 月份格式不正确");
  }
  const { sharing, timeliness } = await loadConfig(home);
  const hub = openHub(sharing);
  try {
    const lines = hub.scores(month, secondsOf(`${month}-01`), secondsOf(`${monthAfter(month)}-01`));
    if (csv !== undefined) await writeNewFile(csv, scoreCsv(lines));
    if (xlsx !== undefined) await writeNewFile(xlsx, await scoreWorkbook(lines, timeliness, Date.now()));
    if (json) return JSON.stringify(lines);
    return lines.length === 0 ? "该月没有上报 nothing was told in that month" : scoreText(lines);
  } finally {
    hub.close();
  }
}

const secondsOf = (day: string) => Date.parse(instantOf(day)) / 1000;

function monthAfter(month: string): string {
  const [year = 0, at = 1] = month.split("-").map(Number);
  return at === 12 ? `${year + 1}-01` : `${year}-${String(at + 1).padStart(2, "0")}`;
}
