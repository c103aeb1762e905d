import { recordLengths } from "@xinqiao/protocol/record";
import { type CorrectionLine, correctionsSchema } from "@xinqiao/protocol/sync";
import { chinaTime } from "@xinqiao/runtime/calendar";
import { CommandError, countOf, tableOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import type { CorrectionAct, CorrectionFault } from "../sharing/index.ts";
import { isRunning, postLocal } from "./local-api.ts";
import { recordStates } from "./record-words.ts";
import { writeStore } from "./write-store.ts";

/** Corrects one of this member's own records; a running agent tells the city. */
export async function correct(id: string, home: string, act: CorrectionAct): Promise<string> {
  const version = await writeStore(home, ({ own }) => {
    const corrected = own.correct(id, act, new Date().toISOString());
    if (!corrected.ok) throw new CommandError(refusalOf(corrected.error, act));
    return corrected.value.version;
  });
  return [
    `version · 版本 ${version}: ${recordStates[act.state]}`,
    (await isRunning(await loadConfig(home)))
      ? "follow it with · 办理进度: xinqiao corrections"
      : "no agent is running: the city is told once one is · 本地节点未运行，启动后上报",
  ].join("\n");
}

function refusalOf(fault: CorrectionFault, { state }: CorrectionAct): string {
  switch (fault) {
    case "record-unknown":
      return "there is no such record · 没有该记录";
    case "as-it-stands":
      return `it stands so already · 该记录已是此状态 (${recordStates[state]})`;
    case "annotation-too-long":
      return `an annotation has ${recordLengths.annotation} characters at most · 标注至多 ${recordLengths.annotation} 个字符`;
  }
}

export interface CorrectionsOptions {
  readonly home: string;
  readonly limit: string;
  readonly json?: boolean;
}

const titles = [
  "记录 record",
  "变更序号 change",
  "类型 effect",
  "受理（北京时间） opened",
  "期限 due",
  "回执 receipts",
  "状态 standing",
];

/** How corrections of this member's own records fare, the newest first. */
export async function corrections({ home, json, ...options }: CorrectionsOptions): Promise<string> {
  const limit = countOf("--limit", options.limit);
  const answered = await postLocal(await loadConfig(home), "/v1/corrections", { limit });
  if (json) return answered;
  const { corrections: all } = correctionsSchema.parse(JSON.parse(answered));
  return all.length === 0 ? "没有更正 no corrections" : correctionsTable(all);
}

export function correctionsTable(all: readonly CorrectionLine[]): string {
  const rows = all.map(({ record, seq, effect, openedAt, dueOn, holders, completion }) => {
    const late = holders.filter(({ acknowledgedAt }) => acknowledgedAt === undefined).map(({ node }) => node);
    const standing = completion === undefined ? `待回执 waits for: ${late.join(", ")}` : "已办结 complete";
    const receipts = `${holders.length - late.length}/${holders.length}`;
    return [record ?? "-", seq, effects[effect], chinaTime(openedAt * 1000), dueOn, receipts, standing];
  });
  return tableOf(titles, rows);
}

const effects: Readonly<Record<CorrectionLine["effect"], string>> = {
  corrected: "更正 corrected",
  annotated: "标注 annotated",
  repaired: "修复 repaired",
  withdrawn: "撤回 withdrawn",
};
