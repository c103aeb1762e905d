import {
  type AlertsAnswer,
  acknowledgedSchema,
  alertsAnswerSchema,
  alertText,
  ruleLabels,
} from "@xinqiao/protocol/audit";
import { commit, commitmentKeyBytes } from "@xinqiao/protocol/log";
import { shownTable, shownTime } from "@xinqiao/runtime/audit";
import { countOf } from "@xinqiao/runtime/cli";
import { systemEntropy } from "@xinqiao/runtime/entropy";
import { loadConfig } from "../config/index.ts";
import { postLocal } from "./local-api.ts";

export interface AlertsOptions {
  readonly home: string;
  readonly all?: boolean;
  readonly limit: string;
  readonly json?: boolean;
}

/** Alerts about unusual use, newest first; or one of them with the entries that show it. */
export async function alerts(alert: string | undefined, options: AlertsOptions): Promise<string> {
  const config = await loadConfig(options.home);
  const request = {
    alert,
    open: alert === undefined && options.all !== true,
    limit: countOf("--limit", options.limit),
  };
  const answered = await postLocal(config, "/v1/audit/alerts", request);
  if (options.json) return answered;
  const answer = alertsAnswerSchema.parse(JSON.parse(answered));
  return answer.alerts.length === 0 ? "没有告警 no alerts" : answer.alerts.map(describe).join("\n");
}

function describe(raised: AlertsAnswer["alerts"][number]): string {
  const { lines = [], index, at, acknowledged, ...alert } = raised;
  const { zh, en } = alertText(alert);
  const state = acknowledged === undefined ? "待处理 open" : `已处理 acknowledged (${acknowledged})`;
  const hours = `北京时间 ${shownTime(alert.from)} – ${shownTime(alert.to)}`;
  const head = `${alert.alert}  ${ruleLabels[alert.rule]} ${alert.rule}  ${hours}  ${state}\n  ${zh}\n  ${en}`;
  return lines.length === 0 ? head : `${head}\n${shownTable(lines)}`;
}

/**
 * Says in the log that an alert was looked into. The note stays here: the log has a commitment to it, and what opens
 * that is printed, to be kept with the note.
 */
export async function acknowledge(
  alert: string,
  { home, note }: { readonly home: string; readonly note?: string },
): Promise<string> {
  const config = await loadConfig(home);
  const key = systemEntropy().bytes(commitmentKeyBytes);
  const noted = note === undefined ? {} : { note: commit(key, note) };
  const answered = await postLocal(config, "/v1/audit/acknowledgements", { alert, ...noted });
  const { log } = acknowledgedSchema.parse(JSON.parse(answered));
  const opening =
    note === undefined ? "" : `\n意见 note: ${note}\n密钥 key: ${Buffer.from(key).toString("base64url")}`;
  return `已处理 acknowledged; log · 日志: ${log.origin}, index 序号 ${log.index}${opening}`;
}
