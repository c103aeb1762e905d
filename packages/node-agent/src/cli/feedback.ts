import { feedbackReplySchema, measureDoneSchema } from "@xinqiao/protocol/measures";
import { CommandError } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";
import { notToCome } from "./not-to-come.ts";
import { reasonNeeded } from "./reason-needed.ts";

export interface FeedbackOptions {
  readonly home: string;
  readonly source: string;
  readonly record: string;
  readonly recordVersion: string;
  readonly outcome: string;
  readonly matter: string;
  readonly on: string;
  readonly reason?: string;
}

/** Tells the city, through the running agent, what was done about a record that an exchange has given. */
export async function feedback(
  exchange: string,
  { home, recordVersion, ...options }: FeedbackOptions,
): Promise<string> {
  if (options.outcome !== "applied") reasonNeeded(options);
  const done = measureDoneSchema.safeParse({ exchange, ...options, version: Number(recordVersion) });
  if (!done.success) {
    const wrong = done.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new CommandError(`not a report · 反馈不完整或有误\n${wrong.join("\n")}`);
  }
  notToCome(done.data.on, Date.now());
  const answered = await postLocal(await loadConfig(home), "/v1/feedback", done.data);
  const { report, log } = feedbackReplySchema.parse(JSON.parse(answered));
  return `reported · 已反馈: ${report}\nlog · 日志: ${log.origin} ${log.index}`;
}
