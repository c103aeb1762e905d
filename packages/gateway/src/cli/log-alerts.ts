import { alertText, ruleLabels } from "@xinqiao/protocol/audit";
import { shownTime, timeTitle } from "@xinqiao/runtime/audit";
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
    const head = `序号 index\t${timeTitle}\t规则 rule\t状态 state`;
    const shown = alerts.map(({ index: entry, at, acknowledged, ...alert }) => {
      const { zh, en } = alertText(alert);
      const state = acknowledged === undefined ? "open 待处理" : `acknowledged 已处理 (${acknowledged})`;
      return `${entry}\t${shownTime(at)}\t${ruleLabels[alert.rule]} ${alert.rule}\t${state}\n\t${zh}\n\t${en}`;
    });
    return [head, ...shown].join("\n");
  } finally {
    source.close();
    index.close();
  }
}
