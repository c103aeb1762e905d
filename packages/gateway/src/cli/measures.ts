import { readMeasureReport } from "@xinqiao/protocol/measures";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { tableOf } from "@xinqiao/runtime/cli";
import { effectWords } from "@xinqiao/runtime/measures";
import type { HubToRead } from "../store/sqlite/index.ts";
import { readHub } from "./read-hub.ts";

export interface MeasuresOptions {
  readonly home: string;
  readonly json?: boolean;
  /** Who has not answered a notice of revocation. */
  readonly open?: boolean;
}

const countsHead = [
  "来源 source",
  "已执行 applied",
  "部分执行 partly",
  "未执行 not applied",
  "记录已修复、撤回或终止 record repaired, withdrawn or ended since",
  "已撤销 revoked",
  "仍保留 kept",
  "未答复 unanswered",
];
const openHead = [
  "期限 due",
  "状态 standing",
  "成员 member",
  "办件 matter",
  "办理日期 done on",
  "来源 source",
  "记录 record",
  "原因 because",
];

/** What members did about sources' records, by their newest reports: in a process of its own, beside the gateway. */
export function measures({ home, json, open }: MeasuresOptions): Promise<string> {
  return readHub(home, (hub) => (open === true ? unanswered(hub, json) : counts(hub, json)));
}

function counts(hub: Pick<HubToRead, "measureCounts">, json = false): string {
  const all = hub.measureCounts();
  if (json) return JSON.stringify(all);
  if (all.length === 0) return "尚无反馈 nothing was reported";
  const rows = all.map((count) => [
    count.source,
    ...[count.applied, count.partly, count.notApplied, count.overtaken],
    ...[count.revoked, count.kept, count.unanswered],
  ]);
  return tableOf(countsHead, rows);
}

function unanswered({ revocations }: Pick<HubToRead, "revocations">, json = false): string {
  const today = chinaDay(Date.now());
  const all = revocations.open().map(({ id: _id, reported, ...revocation }) => {
    // What the member can be called about: its own number of the matter is no person's (PR-SYNC §8).
    const { record, exchange, matter, on } = readMeasureReport(reported) ?? {};
    return { ...revocation, record, exchange, matter, on, late: revocation.dueOn < today };
  });
  if (json) return JSON.stringify(all);
  if (all.length === 0) return "均已答复 every notice was answered";
  const rows = all.map(({ dueOn, late, member, matter = "-", on = "-", source, record = "-", effect }) => [
    ...[dueOn, late ? "逾期 late" : "待答复 waits"],
    ...[member, matter, on, source, record, effectWords[effect]],
  ]);
  return tableOf(openHead, rows);
}
