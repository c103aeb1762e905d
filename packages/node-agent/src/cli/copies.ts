import { type Catalogue, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { chinaTime } from "@xinqiao/runtime/calendar";
import { factsOf, tableOf, wrapped } from "@xinqiao/runtime/cli";
import type { z } from "zod";
import { loadConfig } from "../config/index.ts";
import { copiesSchema } from "../sharing/index.ts";
import { heldCatalogue } from "./held-catalogue.ts";
import { readIdentifier } from "./identifier.ts";
import { postLocal } from "./local-api.ts";
import { recordStates } from "./record-words.ts";

export interface CopiesOptions {
  readonly home: string;
  readonly kind: string;
  readonly scheme: string;
  readonly items?: string;
  readonly json?: boolean;
}

/** What others have shared about a subject. */
export async function copies(given: string, options: CopiesOptions): Promise<string> {
  const config = await loadConfig(options.home);
  const catalogue = await heldCatalogue(config);
  const items = options.items?.split(",") ?? [...catalogue.items.keys()];
  const answered = await postLocal(config, "/v1/copies", {
    subject: { kind: options.kind, scheme: options.scheme, id: await readIdentifier(given) },
    items: items.map((item) => itemCodeSchema.parse(item)),
  });
  return options.json ? answered : copiesText(copiesSchema.parse(JSON.parse(answered)), catalogue);
}

type Copies = z.output<typeof copiesSchema>;

/** Since when by the clock in Beijing. */
export const disputeText = (kind: keyof typeof disputeKinds, since: string) =>
  `${disputeKinds[kind]}, 自 since ${chinaTime(Date.parse(since))}（北京时间）`;
const disputeKinds = { objection: "异议 objection", repair: "信用修复 repair" };

/** A block for each record, its columns by their labels in the catalogue. */
export function copiesText({ copies: all }: Copies, { items }: Pick<Catalogue, "items">): string {
  if (all.length === 0) return "没有可用的共享副本 nothing usable is held of others";
  const blocks = all.map(({ source, record, disputes = [] }) => {
    const item = items.get(record.item);
    const labels = new Map(item?.fields.map(({ name, label }) => [name, label.zh]));
    const facts = factsOf([
      ["来源 source", source],
      ["事项 item", `${record.item} ${item?.name.zh ?? ""}`.trim()],
      ["记录 record", record.id],
      ["版本 version", record.version],
      ["主体 subject", record.subjectName],
      ["状态 state", recordStates[record.state]],
      ["标注 annotation", record.annotation],
      ["发生日期 occurred on", record.occurredOn],
      ["有效期至 valid until", record.validUntil],
      ["公示截止 disclosed until", record.disclosedUntil],
      ...disputes.map(({ kind, since }) => ["争议 disputed", disputeText(kind, since)] as const),
    ]);
    const rows = Object.entries(record.fields).map(([name, value]) => [
      wrapped(`${labels.get(name) ?? ""} ${name}`.trim()),
      wrapped(value),
    ]);
    return `${facts}\n${tableOf(["栏目 column", "内容 value"], rows)}`;
  });
  return [`共 ${all.length} 条 copies`, ...blocks].join("\n\n");
}
