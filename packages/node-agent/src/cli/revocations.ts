import {
  type RevocationOutcome,
  revocationDoneSchema,
  revocationReceiptSchema,
} from "@xinqiao/protocol/measures";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { CommandError, tableOf } from "@xinqiao/runtime/cli";
import { effectWords } from "@xinqiao/runtime/measures";
import { type AgentConfig, loadConfig } from "../config/index.ts";
import { type ShownRevocation, shownRevocationsSchema } from "../feedback/index.ts";
import { postLocal } from "./local-api.ts";
import { notToCome } from "./not-to-come.ts";
import { reasonNeeded } from "./reason-needed.ts";

export interface RevocationsOptions {
  readonly home: string;
  readonly json?: boolean;
}

const head = [
  "编号 number",
  "期限 due",
  "状态 standing",
  "原因 because",
  "办件 matter",
  "来源 source",
  "记录 record",
];

const standings: Readonly<Record<ShownRevocation["standing"], string>> = {
  open: "待答复 open",
  revoked: "已撤销 revoked",
  kept: "仍保留 kept",
  settled: "已了结 settled",
};

/** What the city has asked this member to revoke, a line each. */
export async function revocations({ home, json }: RevocationsOptions): Promise<string> {
  const config = await loadConfig(home);
  const all = await listed(config);
  if (json === true) return JSON.stringify(all);
  if (all.length === 0) return "没有撤销通知 nothing was asked to be revoked";
  return revocationsTable(all);
}

export function revocationsTable(all: readonly ShownRevocation[]): string {
  const rows = all.map(({ number, dueOn, standing, effect, matter, source, record }) => [
    ...[number, dueOn, standings[standing], effectWords[effect]],
    ...[matter, source, record],
  ]);
  return tableOf(head, rows);
}

export interface AnswerOptions {
  readonly home: string;
  readonly outcome: RevocationOutcome;
  readonly on?: string;
  readonly reason?: string;
}

/** Answers one, by its number here or the hash of its notice. */
export async function answerRevocation(
  given: string,
  { home, on = chinaDay(Date.now()), ...options }: AnswerOptions,
): Promise<string> {
  if (options.outcome === "kept") reasonNeeded(options);
  notToCome(on, Date.now());
  const config = await loadConfig(home);
  const named = (await listed(config)).find(
    ({ number, notice }) => String(number) === given || notice === given,
  );
  if (named === undefined) throw new CommandError(`no such notice · 没有该通知: ${given}`);
  const done = revocationDoneSchema.safeParse({ notice: named.notice, on, ...options });
  if (!done.success) {
    const wrong = done.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new CommandError(`not an answer · 答复不完整或有误\n${wrong.join("\n")}`);
  }
  const answered = await postLocal(config, "/v1/revocations/answers", done.data);
  const { answer, log } = revocationReceiptSchema.parse(JSON.parse(answered));
  return `answered · 已答复: ${answer}\nlog · 日志: ${log.origin} ${log.index}`;
}

async function listed(config: AgentConfig): Promise<readonly ShownRevocation[]> {
  const text = await postLocal(config, "/v1/revocations", {});
  return shownRevocationsSchema.parse(JSON.parse(text)).revocations;
}
