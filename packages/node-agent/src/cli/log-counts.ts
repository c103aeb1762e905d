import { countsAnswerSchema } from "@xinqiao/protocol/audit";
import { shownOutcome, shownTime, summaryColumns } from "@xinqiao/runtime/audit";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { tableOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";
import { type CriteriaOptions, readCriteria } from "./log-criteria.ts";

export interface CountsOptions extends CriteriaOptions {
  readonly every: string;
  readonly by?: string;
  readonly json?: boolean;
}

const widest = 40;

/** How many lookups, by time and perhaps by member, purpose or outcome, with a bar that shows the trend. */
export async function counts(options: CountsOptions): Promise<string> {
  const { every, by, json } = options;
  const config = await loadConfig(options.home);
  const { from, to, member, purpose, outcome } = await readCriteria(options, config);
  const criteria = { from, to, member, purpose, outcome };
  const answered = await postLocal(config, "/v1/audit/counts", { criteria, every, by });
  if (json) return answered;
  const { rows, cut } = countsAnswerSchema.parse(JSON.parse(answered));
  const most = Math.max(...rows.map(({ count }) => count), 1);
  const shown = rows.map(({ at, group, count }) => {
    const begin = every === "hour" ? shownTime(at) : chinaDay(Date.parse(at));
    const what = by === "outcome" && group ? shownOutcome(group) : (group ?? "-");
    return [begin, what, count, "█".repeat(Math.ceil((count / most) * widest))];
  });
  const table = tableOf(["时段（北京时间） from", groupTitle(by), "条数 count", ""], shown);
  return cut ? `${table}\n还有更多 there are more: --from, --to` : table;
}

const groupTitle = (by: string | undefined) => summaryColumns.find(([column]) => column === by)?.[1] ?? "";
