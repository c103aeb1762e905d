import { chinaTime } from "@xinqiao/runtime/calendar";
import { CommandError, tableOf } from "@xinqiao/runtime/cli";
import {
  createTableSql,
  type Deliveries,
  type DeliveryStanding,
  type Dialect,
  fitsDialect,
} from "../delivery/index.ts";
import { tableNameSchema } from "../source/index.ts";
import { readStore } from "./read-store.ts";
import { writeStore } from "./write-store.ts";

export interface DeliveryOptions {
  readonly home: string;
}

const standingsHead = [
  "名称 name",
  "已交付 delivered",
  "待交付 waiting",
  "拒收 dead letters",
  "最近交付（北京时间） last",
  "状态 standing",
];

/** How every delivery stands. */
export function deliveryStatus({
  home,
  json,
}: DeliveryOptions & { readonly json?: boolean }): Promise<string> {
  return readStore(home, ({ deliveries }) => {
    const standings = deliveries.standings();
    if (json) return JSON.stringify({ deliveries: standings });
    if (standings.length === 0) return "nothing is delivered · 未配置副本交付";
    const rows = standings.map((each) => {
      const { name, delivered, waiting, dead, takenAt } = each;
      return [name, delivered, waiting, dead, takenAt === null ? "-" : chinaTime(takenAt), wordsOf(each)];
    });
    return tableOf(standingsHead, rows);
  });
}

function wordsOf({ keepsStale, isTelling }: DeliveryStanding): string {
  if (keepsStale) return "following; stale rows are kept · 增量交付中，旧数据未能移除";
  return isTelling ? "telling everything · 全量交付中" : "following · 增量交付中";
}

/** What a platform does not take, by reference. */
export function deadLetters(
  name: string,
  { home, json }: DeliveryOptions & { readonly json?: boolean },
): Promise<string> {
  return readStore(home, ({ deliveries }) => {
    mustBeNamed(name, deliveries);
    const letters = deliveries.deadLetters(name);
    if (json) return JSON.stringify({ deadLetters: letters });
    if (letters.length === 0) return "没有被平台拒收的记录 the platform refuses nothing";
    const rows = letters.map(({ source, record, item, version, reason, since }) => [
      ...[source, record, item, version ?? "移除 to be removed"],
      ...[reason, chinaTime(since)],
    ]);
    return tableOf(lettersHead, rows);
  });
}

const lettersHead = [
  "来源 source",
  "记录 record",
  "事项 item",
  "版本 version",
  "原因 reason",
  "自（北京时间） since",
];

/** What the platform says to it is known later: the running agent delivers. */
export function replay(name: string, { home }: DeliveryOptions): Promise<string> {
  return withNamed(name, home, (deliveries) => {
    const queued = deliveries.replay(name);
    if (queued === 0) return "nothing is refused · 没有被拒的副本";
    return [
      `${queued} 条已排队待重新交付，由运行中的节点交付 queued: the running agent delivers them`,
      `结果见 what came of it: xinqiao delivery · xinqiao delivery dead ${name}`,
    ].join("\n");
  });
}

export function drop(name: string, { home }: DeliveryOptions): Promise<string> {
  return withNamed(name, home, (deliveries) => `${deliveries.drop(name)} forgotten · 条已放弃`);
}

/** For a platform that lost what it had and cannot say so. */
export function deliverAnew(name: string, { home }: DeliveryOptions): Promise<string> {
  return withNamed(name, home, (deliveries) => {
    deliveries.queue(name).beginAnew();
    return "everything is queued to be delivered anew · 全部副本已排队，将重新交付";
  });
}

/** What makes the platform's table, where its owner would rather do it. */
export function tableSql({ table, dialect }: { readonly table: string; readonly dialect: Dialect }): string {
  const name = tableNameSchema.safeParse(table);
  if (!name.success)
    throw new CommandError("table, or schema.table: letters, digits and underscores · 表名不合法");
  if (!fitsDialect(name.data, dialect))
    throw new CommandError("SQLite has no schemas: a table's name alone · SQLite 没有模式，只写表名");
  return createTableSql(name.data, dialect);
}

function withNamed(name: string, home: string, work: (deliveries: Deliveries) => string): Promise<string> {
  return writeStore(home, ({ deliveries }) => {
    mustBeNamed(name, deliveries);
    return work(deliveries);
  });
}

function mustBeNamed(name: string, deliveries: Pick<Deliveries, "standings">): void {
  if (!deliveries.standings().some((each) => each.name === name)) {
    throw new CommandError(`there is no such delivery, or it has never run · 没有该交付: ${name}`);
  }
}
