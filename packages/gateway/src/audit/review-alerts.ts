import {
  type Acknowledged,
  type Acknowledgement,
  type AlertsAnswer,
  type AlertsRequest,
  type RaisedAlert,
  readAlertEntries,
} from "@xinqiao/protocol/audit";
import { decodeEntry } from "@xinqiao/protocol/log";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { openedValue } from "../log/index.ts";
import type { AlertPlace } from "../search/index.ts";
import { type AuditDependencies, type AuditError, type AuditRequest, auditors, begin } from "./begin.ts";

/** An auditor reads what was raised, or one alert with the entries that show it. */
export async function reviewAlerts(
  request: AuditRequest<AlertsRequest>,
  deps: AuditDependencies,
): Promise<Result<AlertsAnswer, AuditError>> {
  const { alert } = request.asked;
  const entry = { kind: "audit.reviewed", ...(alert !== undefined && { alert }) } as const;
  const begun = await begin(request, { by: auditors, entry }, deps);
  if (!begun.ok) return begun;
  const found = await deps.index.alerts(request.asked);
  if (!found.ok) return err({ unanswered: found.error });
  const alerts = found.value.flatMap((place) => raisedAlert(place, deps));
  const [only] = alerts;
  if (alert === undefined || only === undefined) return ok({ alerts, log: begun.value });
  const lines = await deps.index.lines(only.entries);
  if (!lines.ok) return err({ unanswered: lines.error });
  return ok({ alerts: [{ ...only, lines: [...lines.value] }], log: begun.value });
}

/** An auditor has looked into an alert. Again is no harm: the first one counts. */
export async function acknowledgeAlert(
  request: AuditRequest<Acknowledgement>,
  deps: AuditDependencies,
): Promise<Result<Acknowledged, AuditError>> {
  const { alert, note } = request.asked;
  const entry = { kind: "alert.acknowledged", alert, ...(note !== undefined && { note }) } as const;
  const check = async () => {
    const raised = await deps.index.isRaised(alert);
    if (!raised.ok) return raised.error;
    return raised.value ? undefined : fault("request.not-found");
  };
  const begun = await begin(request, { by: auditors, entry, check }, deps);
  return begun.ok ? ok({ alert, log: begun.value }) : begun;
}

/** An alert as its entry says it, with the entries that are kept beside it. */
export function raisedAlert(
  { raised, acknowledged }: AlertPlace,
  { source }: Pick<AuditDependencies, "source">,
): RaisedAlert[] {
  const [first] = raised.entries;
  const decoded = first && decodeEntry(Buffer.from(first.leaf));
  if (first === undefined || !decoded?.ok || decoded.value.kind !== "alert.raised") return [];
  const { alert, rule, member, from, to, count, threshold, at } = decoded.value;
  const text = openedValue(decoded.value, source.evidence(first.index), "entries");
  const entries = decoded.value.entries ?? (text === undefined ? undefined : readAlertEntries(text)) ?? [];
  const said = { alert, rule, member, from, to, count, threshold, entries, at };
  return [{ ...said, index: first.index, ...(acknowledged !== undefined && { acknowledged }) }];
}
