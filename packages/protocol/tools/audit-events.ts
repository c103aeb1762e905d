/** Writes `docs/audit-events.md` from the types of the log's entries: `node packages/protocol/tools/audit-events.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { itemCodeSchema, purposeCodeSchema } from "../src/catalogue/index.ts";
import { commitmentSchema } from "../src/commitment/index.ts";
import { jurisdictionSchema, nodeIdSchema } from "../src/identity/index.ts";
import { thumbprintSchema } from "../src/keys/index.ts";
import {
  codeSchema,
  type EntryActor,
  entryMeanings,
  type LogEntryKind,
  logEntrySchema,
} from "../src/log/index.ts";
import { publishedHashSchema } from "../src/published/index.ts";
import { sha256Schema } from "../src/reconciliation/index.ts";

export const auditEventsPath = join(import.meta.dirname, "../../../docs/audit-events.md");

interface Text {
  readonly zh: string;
  readonly en: string;
}

const actors: Readonly<Record<EntryActor, Text>> = {
  gateway: { zh: "无（null）：网关自身", en: "null: the gateway itself" },
  operator: { zh: "无（null）：本市运维人员", en: "null: an operator of the city" },
  member: {
    zh: "发出请求的成员；由另一城市转来时为该市网关",
    en: "the member that sent the request; the other city's gateway when it was passed on",
  },
  "member-or-null": {
    zh: "已认证的成员，否则为 null",
    en: "the member, where it was authenticated; else null",
  },
};

/** Forms that have a name of their own. Anything else is described by its parts. */
const named: readonly (readonly [z.core.$ZodType, Text])[] = [
  [nodeIdSchema, { zh: "节点 id", en: "node id" }],
  [jurisdictionSchema, { zh: "辖区代码", en: "jurisdiction" }],
  [itemCodeSchema, { zh: "信用事项代码", en: "item code" }],
  [purposeCodeSchema, { zh: "用途代码", en: "purpose code" }],
  [thumbprintSchema, { zh: "密钥指纹（RFC 7638）", en: "key thumbprint (RFC 7638)" }],
  [
    publishedHashSchema,
    { zh: "所发布版本的 SHA-256，base64url", en: "SHA-256 of the version as published, base64url" },
  ],
  [sha256Schema, { zh: "SHA-256，base64url", en: "SHA-256, base64url" }],
  [commitmentSchema, { zh: "承诺（HMAC-SHA256，base64url）", en: "commitment (HMAC-SHA256, base64url)" }],
  [codeSchema, { zh: "[错误码](errors.md)", en: "[code](errors.md)" }],
];

const both = (text: string): Text => ({ zh: text, en: text });
const joined = (texts: readonly Text[], between: string): Text => ({
  zh: texts.map(({ zh }) => zh).join(between),
  en: texts.map(({ en }) => en).join(between),
});

function formOf(schema: z.core.$ZodType): Text {
  const known = named.find(([each]) => each === schema)?.[1];
  if (known !== undefined) return known;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly) return formOf(schema.unwrap());
  if (schema instanceof z.ZodNullable) return joined([formOf(schema.unwrap()), both("null")], " | ");
  if (schema instanceof z.ZodUnion) return joined(schema.options.map(formOf), " | ");
  if (schema instanceof z.ZodLiteral)
    return both([...schema.values].map((value) => `\`${value}\``).join(" | "));
  if (schema instanceof z.ZodEnum) return both(schema.options.map((value) => `\`${value}\``).join(" | "));
  if (schema instanceof z.ZodArray) {
    const { zh, en } = formOf(schema.element);
    return { zh: `列表：${zh}`, en: `list of: ${en}` };
  }
  return plainFormOf(schema);
}

function plainFormOf(schema: z.core.$ZodType): Text {
  if (schema instanceof z.ZodObject) return { zh: "对象", en: "object" };
  if (schema instanceof z.ZodBoolean) return { zh: "是否", en: "true or false" };
  if (schema instanceof z.ZodUUID) return both("UUID");
  if (schema instanceof z.ZodISODateTime) return { zh: "时刻（UTC）", en: "instant (UTC)" };
  if (schema instanceof z.ZodNumber) {
    return schema.format === "safeint" ? { zh: "整数", en: "whole number" } : { zh: "数", en: "number" };
  }
  if (schema instanceof z.ZodISODate) return { zh: "日期", en: "a day" };
  if (schema instanceof z.ZodBase64) return both("base64");
  if (schema instanceof z.ZodString) return { zh: "文本", en: "text" };
  throw new Error("an entry has a field of a form that this tool cannot describe");
}

/** Fields that an object behind a field has: of an outcome's rows, say. */
function partsOf(schema: z.core.$ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly || schema instanceof z.ZodNullable) {
    return partsOf(schema.unwrap());
  }
  if (schema instanceof z.ZodArray) return partsOf(schema.element);
  return schema instanceof z.ZodObject ? schema : undefined;
}

function fieldLines(name: string, schema: z.core.$ZodType, indent: string): readonly string[] {
  const { zh, en } = formOf(schema);
  const optional = schema instanceof z.ZodOptional ? "（可无 · optional）" : "";
  const form = zh === en ? en : `${zh} · ${en}`;
  const parts = Object.entries(partsOf(schema)?.shape ?? {});
  return [
    `${indent}- \`${name}\`${optional}: ${form}`,
    ...parts.flatMap(([part, of]) => fieldLines(part, of, `${indent}  `)),
  ];
}

/** What every kind has is said once, at the top. */
const common = ["v", "at", "kind", "exchange", "actor", "traceId", "commitments"];

const intro = `# 审计事件 · Audit events

Every entry of the log is one of these. An entry is JSON; its bytes are a leaf of the tree and are never changed. A kind is never renamed
and never used for something else. No entry holds personal data: where a value may be personal, the entry has a commitment to it.

日志的每一条目属于下列之一。条目为 JSON，其字节即默克尔树的叶，写入后不变。种类不改名、不移作他用。条目不含个人信息：
可能涉及个人的值只留承诺。

Generated by \`packages/protocol/tools/audit-events.ts\`; change \`packages/protocol/src/log\` instead of this file.
`;

const commonSection = `## 共有字段 · In every entry

- \`v\`: \`1\`
- \`at\`: 写入时刻 · when it was written
- \`kind\`: 种类 · the kind
- \`exchange\`: 所属交换的请求 id，或 null · request id of the exchange it belongs to, or null
- \`actor\`: 行为者，见各种类 · who acted, as each kind says
- \`traceId\`（可无 · optional）: W3C Trace Context
- \`commitments\`（可无 · optional）: 字段名到承诺 · commitments by name of field
`;

type EntrySchema = (typeof logEntrySchema.options)[number];

/** A heading a kind, so that a kind can be linked to. */
export function section({ shape }: EntrySchema): string {
  const kind: LogEntryKind = shape.kind.value;
  const { zh, en, actor } = entryMeanings[kind];
  const fields = Object.entries(shape).filter(([name]) => !common.includes(name));
  const lines = fields.flatMap(([name, schema]) => fieldLines(name, schema, ""));
  const who = `- \`actor\`: ${actors[actor].zh} · ${actors[actor].en}`;
  return `## \`${kind}\`\n\n${zh}。\n\n${en}.\n\n${[who, ...lines].join("\n")}\n`;
}

export function auditEventsDocument(): string {
  return [intro, commonSection, ...logEntrySchema.options.map(section)].join("\n");
}

if (import.meta.main) writeFileSync(auditEventsPath, auditEventsDocument());
