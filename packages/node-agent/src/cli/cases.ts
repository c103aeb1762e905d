import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import {
  caseDecisionSchema,
  caseExtensionSchema,
  caseOpeningSchema,
  caseReplySchema,
  shownCasesSchema,
} from "@xinqiao/protocol/cases";
import { caseTable, caseText } from "@xinqiao/runtime/cases";
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

export async function list({ home, json }: Home & { readonly json?: boolean }): Promise<string> {
  const answered = await postLocal(await loadConfig(home), "/v1/cases/list", {});
  if (json) return answered;
  const { cases } = shownCasesSchema.parse(JSON.parse(answered));
  return cases.length === 0 ? "没有案件 no cases" : caseTable(cases);
}

export async function show(id: string, { home, json }: Home & { readonly json?: boolean }): Promise<string> {
  const answered = await postLocal(await loadConfig(home), "/v1/cases/list", { case: idOf(id) });
  const [shown] = shownCasesSchema.parse(JSON.parse(answered)).cases;
  if (shown === undefined) throw new CommandError("there is no such case here · 本单位没有该案件");
  if (json) return JSON.stringify(shown, null, 2);
  const steps = shown.steps.map(({ said }) => said);
  return caseText(shown, steps);
}

async function step(path: string, body: object, home: string): Promise<string> {
  const answered = await postLocal(await loadConfig(home), path, body);
  const { case: id, due, log } = caseReplySchema.parse(JSON.parse(answered));
  const waits = due === undefined ? "decided · 已办结" : `waits for · 待办: ${due.by}, ${due.on}`;
  return `case · 案件: ${id}\n${waits}\nlog · 日志: ${log.origin} ${log.index}`;
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
