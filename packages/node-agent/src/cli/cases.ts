import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import {
  caseDecisionSchema,
  caseExtensionSchema,
  caseOpeningSchema,
  caseReplySchema,
  type ShownCase,
  shownCasesSchema,
} from "@xinqiao/protocol/cases";
import { CommandError } from "@xinqiao/runtime/cli";
import { z } from "zod";
import { loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";

interface Home {
  readonly home: string;
}

export interface RaiseOptions extends Home {
  readonly kind: string;
  readonly source: string;
  readonly record: string;
  readonly reason: string;
  readonly evidence?: readonly string[];
}

export interface DecideOptions extends Home {
  readonly outcome: string;
  readonly reason: string;
}

export async function raise({ home, evidence = [], ...options }: RaiseOptions): Promise<string> {
  const hashes = await Promise.all(evidence.map(hashOf));
  return step("/v1/cases", checked(caseOpeningSchema, { ...options, evidence: hashes }), home);
}

export function extend(id: string, { home, reason }: Home & { readonly reason: string }): Promise<string> {
  return step(`/v1/cases/${idOf(id)}/extension`, checked(caseExtensionSchema, { reason }), home);
}

export function decide(id: string, { home, ...options }: DecideOptions): Promise<string> {
  return step(`/v1/cases/${idOf(id)}/decision`, checked(caseDecisionSchema, options), home);
}

const head = "case 案件\tkind 类型\tsource 来源\trecord 记录\tstate 状态\twaits for 待办\tdue 期限";

export async function list({ home, json }: Home & { readonly json?: boolean }): Promise<string> {
  const answered = await postLocal(await loadConfig(home), "/v1/cases/list", {});
  if (json) return answered;
  return [head, ...shownCasesSchema.parse(JSON.parse(answered)).cases.map(lineOf)].join("\n");
}

export async function show(id: string, { home }: Home): Promise<string> {
  const answered = await postLocal(await loadConfig(home), "/v1/cases/list", { case: idOf(id) });
  const [shown] = shownCasesSchema.parse(JSON.parse(answered)).cases;
  if (shown === undefined) throw new CommandError("there is no such case here · 本单位没有该案件");
  return JSON.stringify(shown, null, 2);
}

async function step(path: string, body: object, home: string): Promise<string> {
  const answered = await postLocal(await loadConfig(home), path, body);
  const { case: id, due, log } = caseReplySchema.parse(JSON.parse(answered));
  const waits = due === undefined ? "decided · 已办结" : `waits for · 待办: ${due.by}, ${due.on}`;
  return `case · 案件: ${id}\n${waits}\nlog · 日志: ${log.origin} ${log.index}`;
}

function lineOf({ case: id, kind, source, record, state, outcome, due, late }: ShownCase): string {
  const dueOn = due === undefined ? "-" : `${due.on}${late ? " late 逾期" : ""}`;
  return [id, kind, source, record, outcome ?? state, due?.by ?? "-", dueOn].join("\t");
}

function idOf(id: string): string {
  const parsed = z.uuid().safeParse(id);
  if (!parsed.success) throw new CommandError("not a case's id · 案件编号格式不正确");
  return parsed.data;
}

function checked<Said extends object>(schema: z.ZodType<Said>, given: object): Said {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new CommandError(`not a step of a case · 内容不完整或有误\n${wrong.join("\n")}`);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash).catch(() => {
    throw new CommandError(`cannot be read · 无法读取: ${file}`);
  });
  return hash.digest("base64url");
}
