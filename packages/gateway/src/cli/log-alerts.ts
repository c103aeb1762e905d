import { alertText, ruleLabels } from "@xinqiao/protocol/audit";
import { shownTime, timeTitle } from "@xinqiao/runtime/audit";
import { tableOf } from "@xinqiao/runtime/cli";
import { raisedAlert } from "../audit/index.ts";
import { loadConfig } from "../config/index.ts";
import { openProofSource } from "../store/sqlite/index.ts";
import { caughtUp } from "./log-list.ts";

export interface AlertListOptions {
  readonly home: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const most = 1_000;

/** What was raised, for the operator; auditors triage it. */
export async function listAlerts({ home, all, json }: AlertListOptions): Promise<string> {
  const config = await loadConfig(home);
  const index = await caughtUp(config);
  const source = openProofSource(config.log);
  try {
    const raised = index.alerts({ open: all !== true, limit: most });
    const alerts = raised.flatMap((place) => raisedAlert(place, { source }));
    if (json) return alerts.map((alert) => JSON.stringify(alert)).join("\n");
    if (alerts.length === 0) return "没有告警 no alerts";
    const rows = alerts.map(({ index: entry, at, acknowledged, ...alert }) => {
      const { zh, en } = alertText(alert);
      const state = acknowledged === undefined ? "open 待处理" : `acknowledged 已处理 (${acknowledged})`;
      const rule = `${ruleLabels[alert.rule]} ${alert.rule}`;
      return [entry, shownTime(at), rule, state, `${zh}\n${en}`];
    });
    return tableOf(["序号 index", timeTitle, "规则 rule", "状态 state", "内容 what"], rows);
  } finally {
    source.close();
    index.close();
  }
}
