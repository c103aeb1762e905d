import { randomUUID } from "node:crypto";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { chinaTime } from "@xinqiao/runtime/calendar";
import { type Cell, CommandError, countOf, tableOf } from "@xinqiao/runtime/cli";
import { openActsFolder } from "../acts/index.ts";
import type { LetterChoice, SharingStanding } from "../sharing/index.ts";
import { readHub } from "./read-hub.ts";
import { writeHub } from "./write-hub.ts";

export interface HomeOptions {
  readonly home: string;
  readonly json?: boolean;
}

export interface LetterOptions extends HomeOptions {
  readonly source?: string;
  readonly code?: string;
  readonly record?: string;
}

/** All of them have to be asked for by name. */
export interface ChosenLetters extends LetterOptions {
  readonly all?: boolean;
}

const sourceHead = [
  "来源 source",
  "上报批次 feed",
  "来源自编序号 change, its own count",
  "最近上报（北京时间） last page",
  "完整 whole",
  "被拒 refused",
];
const readerHead = [
  "订阅 reader",
  "已读至页 applied up to page",
  "落后页数 pages behind",
  "落后变更 changes behind",
  "落后自（北京时间） behind since",
  "最近读取（北京时间） last asked",
];
const letterHead = [
  "来源 source",
  "记录 record",
  "版本 version",
  "原因 reason",
  "自（北京时间） since",
  "已要求重报 asked for",
];

/** How far sources have told and readers have read: in a process of its own, beside the gateway. */
export function sharingStatus({ home, json }: HomeOptions, now: () => number): Promise<string> {
  return readHub(home, (hub) => {
    const standing = hub.standing();
    const counts = hub.letterCounts();
    const refused = (source: string) =>
      counts.filter((each) => each.source === source).reduce((sum, { count }) => sum + count, 0);
    const sources = standing.sources.map((each) => ({ ...each, refused: refused(each.source) }));
    if (json) return JSON.stringify({ ...standing, sources, deadLetters: counts });
    const told = sources.map(({ source, feed, upTo, at, isWhole, refused: letters }) => [
      ...[source, feed, upTo, chinaTime(at)],
      isWhole ? "是 yes" : "否 not yet",
      letters,
    ]);
    const read = standing.subscribers.map((reader) => readerRow(reader, now()));
    return [tableOf(sourceHead, told), tableOf(readerHead, read), numberings(standing.newest)].join("\n");
  });
}

/** Else the two columns of numbers are compared with each other. */
const numberings = (newest: number): string =>
  [
    `市级最新页 newest page: ${newest}`,
    "页由市级按到达先后编号，变更由各来源自行编号，两者不可相比；差距见“落后” Pages are numbered by the city as they come, changes by each source itself: not to be compared; how far a reader has to go is what it is behind",
  ].join("\n");

function readerRow(
  {
    node,
    position,
    behind,
    changesBehind,
    behindSince,
    missing,
    seenAt,
    isLapsed,
  }: SharingStanding["subscribers"][number],
  now: number,
): readonly Cell[] {
  const since =
    behindSince === null ? "-" : `${chinaTime(behindSince)} (${Math.ceil((now - behindSince) / 1000)} s)`;
  const lapsed = isLapsed ? "  ✗ 不再等待 not waited for" : "";
  const lacks = missing.length > 0 ? `  ✗ 未能签收 could not take: ${missing.join(", ")}` : "";
  return [node, position, behind, changesBehind, since, `${chinaTime(seenAt)}${lapsed}${lacks}`];
}

/** What was refused, and nothing better told of it since. */
export function deadLetters(options: LetterOptions & { readonly limit: string }): Promise<string> {
  const limit = countOf("--limit", options.limit);
  return readHub(options.home, (hub) => {
    const letters = hub.letters(choiceOf(options), limit);
    if (options.json) return JSON.stringify(letters);
    if (letters.length === 0) return "没有被拒的变更 nothing is refused";
    const rows = letters.map(({ source, record, version, code, since, isAskedFor }) => [
      ...[source, record, version, code, chinaTime(since)],
      isAskedFor ? "是 yes" : "-",
    ]);
    return tableOf(letterHead, rows);
  });
}

/** Asks sources to tell again what was refused; the gateway judges it anew when it comes. */
export function replayLetters(options: ChosenLetters, now: () => number): Promise<string> {
  return decide(options, "told-again", now);
}

export function dropLetters(options: ChosenLetters, now: () => number): Promise<string> {
  return decide(options, "dropped", now);
}

async function decide(
  { all = false, ...options }: ChosenLetters,
  decision: "told-again" | "dropped",
  now: () => number,
): Promise<string> {
  if (!all && Object.keys(choiceOf(options)).length === 0) {
    throw new CommandError("say which, or --all · 请用 --source、--code 或 --record 指明，或用 --all");
  }
  return writeHub(options.home, async (hub, config) => {
    const choice = choiceOf(options);
    const letters = hub.countLetters(choice);
    if (letters === 0 && !all)
      throw new CommandError("nothing refused is like that · 没有符合条件的被拒变更");
    if (letters > 0) {
      // First: nothing is done that the log does not hear of.
      const about = { exchange: null, actor: null, decision, source: choice.source ?? null, letters };
      const act = { kind: "dead-letters.decided", ...about } as const;
      await openActsFolder(config.acts).leave(randomUUID(), act, now());
      if (decision === "dropped") hub.dropLetters(choice);
      else hub.askAgain(choice);
    }
    if (options.json) return JSON.stringify({ letters });
    return decision === "dropped"
      ? `已移除 dropped: ${letters}`
      : `已要求重报 asked for: ${letters} (来源下次联系时 when the source calls next, within the hour)`;
  });
}

function choiceOf({ source, code, record }: LetterOptions): LetterChoice {
  return {
    ...(source !== undefined && { source: nodeIdSchema.parse(source) }),
    ...(code !== undefined && { code }),
    ...(record !== undefined && { record }),
  };
}
