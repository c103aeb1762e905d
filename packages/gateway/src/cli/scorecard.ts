import { instantsOfMonth } from "@xinqiao/runtime/calendar";
import { CommandError, writeNewFile } from "@xinqiao/runtime/cli";
import { scoreCsv, scoreText, scoreWorkbook } from "../scorecard/index.ts";
import { readHub } from "./read-hub.ts";

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
  const { from, to } = instantsOfMonth(month);
  return readHub(home, async (hub, { timeliness }) => {
    const lines = hub.scores(month, secondsOf(from), secondsOf(to));
    if (csv !== undefined) await writeNewFile(csv, scoreCsv(lines));
    if (xlsx !== undefined) await writeNewFile(xlsx, await scoreWorkbook(lines, timeliness, Date.now()));
    if (json) return JSON.stringify(lines);
    const files = [csv, xlsx].flatMap((file) => (file === undefined ? [] : [`written · 已写入: ${file}`]));
    const text = lines.length === 0 ? "该月没有上报 nothing was told in that month" : scoreText(lines);
    return [text, ...files].join("\n");
  });
}

const secondsOf = (instant: string) => Date.parse(instant) / 1000;
