import { type SearchAnswer, searchAnswerSchema, searchPage } from "@xinqiao/protocol/audit";
import { shownCells, shownTitles, summaryOf } from "@xinqiao/runtime/audit";
import { CommandError, countOf, tableOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";
import { type CriteriaOptions, readCriteria } from "./log-criteria.ts";

export interface SearchOptions extends CriteriaOptions {
  readonly limit: string;
  readonly json?: boolean;
}

/** Searches through the running agent, page after page; each page is a request of its own in the city's log. */
export async function search(options: SearchOptions): Promise<string> {
  const config = await loadConfig(options.home);
  const limit = countOf("--limit", options.limit);
  const criteria = await readCriteria(options, config);
  const pages: SearchAnswer[] = [];
  for (let left = limit, after: SearchAnswer["next"]; left > 0; ) {
    const body = { criteria, limit: Math.min(left, searchPage), after };
    const page = searchAnswerSchema.parse(JSON.parse(await postLocal(config, "/v1/audit/searches", body)));
    pages.push(page);
    left = page.next === undefined ? 0 : left - page.lines.length;
    after = page.next;
  }
  return options.json ? pages.map((page) => JSON.stringify(page)).join("\n") : pagesTable(pages);
}

function pagesTable(pages: readonly SearchAnswer[]): string {
  const lines = pages.flatMap((page) => page.lines);
  const rows = lines.map((line) => {
    const summary = summaryOf(line);
    if (summary === undefined)
      throw new CommandError("an entry cannot be read: update · 日志条目无法识别，请升级");
    return shownCells(summary);
  });
  const last = pages.at(-1);
  const more = last?.next === undefined ? "" : " · 还有更多 more: --limit";
  return [
    tableOf(shownTitles, rows),
    `${lines.length} 条 lines${more}`,
    ...(last ? [`log · 日志: size 总数 ${last.head.size}, root ${last.head.root}`] : []),
  ].join("\n");
}
