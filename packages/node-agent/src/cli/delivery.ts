import { CommandError } from "@xinqiao/runtime/cli";
import Table from "cli-table3";
import { loadConfig } from "../config/index.ts";
import {
  createTableSql,
  type Deliveries,
  type DeliveryStanding,
  type Dialect,
  fitsDialect,
} from "../delivery/index.ts";
import { tableNameSchema } from "../source/index.ts";
import { openStore } from "../store/index.ts";
import { readStore } from "./read-store.ts";

export interface DeliveryOptions {
  readonly home: string;
}

/** How every delivery stands. */
export function deliveryStatus({
  home,
  json,
}: DeliveryOptions & { readonly json?: boolean }): Promise<string> {
  return readStore(home, ({ deliveries }) => {
    const standings = deliveries.standings();
    if (json) return JSON.stringify({ deliveries: standings });
    if (standings.length === 0) return "nothing is delivered · 未配置副本交付";
    const table = new Table({
      head: [
        "name 名称",
        "delivered 已交付",
        "waiting 待交付",
        "dead letters 死信",
        "last 最近交付",
        "standing 状态",
      ],
      style: { head: [], border: [] },
    });
    for (const each of standings) {
      const { name, delivered, waiting, dead, takenAt } = each;
      const last = takenAt === null ? "-" : new Date(takenAt).toISOString();
      table.push([name, delivered, waiting, dead, last, wordsOf(each)]);
    }
    return table.toString();
  });
}

function wordsOf({ keepsStale, isTelling }: DeliveryStanding): string {
  if (keepsStale) return "following; stale rows are kept · 增量交付中，旧数据未能移除";
  return isTelling ? "telling everything · 全量交付中" : "following · 增量交付中";
}

/** What a platform does not take, by reference. */
export function deadLetters(name: string, { home }: DeliveryOptions): Promise<string> {
  return readStore(home, ({ deliveries }) => {
    mustBeNamed(name, deliveries);
    return JSON.stringify({ deadLetters: deliveries.deadLetters(name) });
  });
}

export function replay(name: string, { home }: DeliveryOptions): Promise<string> {
  return withNamed(name, home, (deliveries) => `${deliveries.replay(name)} delivered again · 条重新交付`);
}

export function drop(name: string, { home }: DeliveryOptions): Promise<string> {
  return withNamed(name, home, (deliveries) => `${deliveries.drop(name)} forgotten · 条已放弃`);
}

/** For a platform that lost what it had and cannot say so. */
export function deliverAnew(name: string, { home }: DeliveryOptions): Promise<string> {
  return withNamed(name, home, (deliveries) => {
    deliveries.queue(name).beginAnew();
    return "everything is delivered anew · 全部副本重新交付";
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
  return withDeliveries(home, (deliveries) => {
    mustBeNamed(name, deliveries);
    return work(deliveries);
  });
}

function mustBeNamed(name: string, deliveries: Pick<Deliveries, "standings">): void {
  if (!deliveries.standings().some((each) => each.name === name)) {
    throw new CommandError(`there is no such delivery, or it has never run · 没有该交付: ${name}`);
  }
}

/** In the store itself: a running agent goes by it within seconds. */
async function withDeliveries(home: string, work: (deliveries: Deliveries) => string): Promise<string> {
  const { store: path } = await loadConfig(home);
  const store = openStore(path);
  try {
    return work(store.deliveries);
  } finally {
    store.close();
  }
}
