import { chinaTime } from "@xinqiao/runtime/calendar";
import { CommandError, tableOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { describeReason } from "../intake/index.ts";
import type { StoreToRead } from "../store/index.ts";
import { streamName, streamNames, triggerSql } from "../streams/index.ts";
import { readStore } from "./read-store.ts";
import { writeStore } from "./write-store.ts";

export async function intakeStatus(home: string, json = false): Promise<string> {
  const { folder } = (await loadConfig(home)).intake;
  return readStore(home, ({ streams }) => {
    const standings = streams.standings();
    if (json) return JSON.stringify(standings);
    const lines = standings.map(({ name, item, rows, keptBack, asOf, fault, missing }) => [
      ...[name, item, rows, keptBack],
      ...[asOf === null ? "-" : chinaTime(Date.parse(asOf)), missing ?? "-", fault ?? "-"],
    ]);
    const none = "未接入库表与服务 no tables or services are followed";
    const table = lines.length === 0 ? none : tableOf(standingsHead, lines);
    return folder === undefined ? table : `${table}\n监视文件夹 watched folder: ${folder}`;
  });
}

const standingsHead = [
  "来源 stream",
  "事项 item",
  "行 rows",
  "隔离 kept back",
  "截至（北京时间） as of",
  "消失待确认 gone",
  "故障 fault",
];

const shownRows = 100;

/** To whoever sits at the agent: a key is the platform's own, and may be a person's number. */
export function keptRows(home: string, stream: string, json = false): Promise<string> {
  return readStore(home, ({ streams }) => {
    mustBeFollowed(stream, streams);
    // The first letter of a key says of which type it is.
    const kept = streams.keptBack(stream, shownRows).map((row) => ({ ...row, key: row.key.slice(1) }));
    if (json) return JSON.stringify(kept);
    const rows = kept.map(({ key, reasons }) => {
      const why = reasons.map(({ field, reason }) => {
        const { zh, en } = describeReason(reason);
        return `${field === undefined ? "" : `${field}: `}${zh} · ${en}`;
      });
      return [key, why.join("\n")];
    });
    return tableOf(["主键 key", "原因 why"], rows);
  });
}

export function confirmGone(home: string, stream: string): Promise<string> {
  return writeStore(home, ({ streams }) => {
    mustBeFollowed(stream, streams);
    const rows = streams.confirm(stream);
    if (rows === undefined) throw new CommandError("no rows of it wait for a word · 没有待确认的行");
    return `${rows} rows may go · 行可撤下`;
  });
}

function mustBeFollowed(stream: string, streams: Pick<StoreToRead["streams"], "standings">): void {
  if (streams.standings().some(({ name }) => name === stream)) return;
  throw new CommandError(`there is no such stream, or it was never read · 没有该来源: ${stream}`);
}

export async function forgetStream(home: string, stream: string): Promise<string> {
  if (streamNames((await loadConfig(home)).intake).includes(stream)) {
    throw new CommandError(
      "it is in agent.json: take it out and restart the agent first · 该来源仍在配置中，请先移除并重启前置机",
    );
  }
  return writeStore(home, ({ streams }) => {
    if (!streams.forget(stream)) throw new CommandError("there is no such stream · 没有该来源");
    return `${stream} is forgotten; its records stay · 已移除，记录保留`;
  });
}

export async function printTriggers(home: string, stream: string): Promise<string> {
  const { intake } = await loadConfig(home);
  for (const database of intake.databases) {
    const table = database.tables.find((each) => streamName(database, each) === stream);
    if (table?.changes.by === "triggers") return triggerSql(table, database.dialect);
  }
  throw new CommandError(
    "no table of that name is followed by triggers: see intake.databases · 配置中没有以触发器跟踪的该来源",
  );
}
