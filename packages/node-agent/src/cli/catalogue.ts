import type { Item, Purpose } from "@xinqiao/protocol/catalogue";
import { CommandError, tableOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { heldCatalogue } from "./held-catalogue.ts";

const disclosures: Readonly<Record<Item["disclosure"], string>> = {
  public: "社会公开 public",
  "government-shared": "政务共享 government-shared",
  authorised: "授权查询 authorised",
};

/** The codes that a lookup names, with what they mean. */
export async function catalogue(home: string): Promise<string> {
  const { items, purposes, version } = await heldCatalogue(await loadConfig(home));
  return [
    `目录 catalogue, version ${version}`,
    tableOf(
      ["事项 item", "大类 class", "名称 name", "公开属性 disclosure"],
      [...items.values()].map(itemRow),
    ),
    tableOf(
      [
        "用途 purpose",
        "名称 name",
        "依据 legal basis",
        "事项 items",
        "授权 authorisation",
        "应答 answers",
        "状态 status",
      ],
      [...purposes.values()].map(purposeRow),
    ),
  ].join("\n");
}

/** One item's columns, as files, tables and services map them. */
export async function catalogueItem(home: string, code: string): Promise<string> {
  const { items } = await heldCatalogue(await loadConfig(home));
  const item = [...items.values()].find((each) => each.code === code);
  if (item === undefined) throw new CommandError(`no such item · 没有该事项: ${code}`);
  const rows = item.fields.map(({ name, label, type, required, values }) => [
    name,
    `${label.zh}\n${label.en}`,
    type,
    required ? "必填 yes" : "—",
    values?.join("\n") ?? "",
  ]);
  return tableOf(["栏目 column", "名称 name", "类型 type", "必填 required", "可选值 values"], rows);
}

function itemRow(item: Item): string[] {
  return [item.code, item.class, `${item.name.zh}\n${item.name.en}`, disclosures[item.disclosure]];
}

function purposeRow(purpose: Purpose): string[] {
  const { code, name, legalBasis, items, authorisation, answers, status } = purpose;
  return [
    code,
    `${name.zh}\n${name.en}`,
    [legalBasis, ...inForce(purpose)].join("\n"),
    items.join("\n"),
    authorisation ? "需要 yes" : "—",
    answers === "yes-no" ? "有无 yes or no" : "记录 records",
    status === "live" ? "已启用 live" : "待启用 pending",
  ];
}

function inForce({ validFrom, validUntil }: Purpose): string[] {
  const from = validFrom === undefined ? [] : [`自 from ${validFrom}`];
  const until = validUntil === undefined ? [] : [`至 until ${validUntil}`];
  return [...from, ...until];
}
