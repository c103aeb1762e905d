import type {
  Acknowledged,
  Acknowledgement,
  AlertsAnswer,
  AlertsRequest,
  RaisedAlert,
} from "@xinqiao/protocol/audit";
import { decodeEntry } from "@xinqiao/protocol/log";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
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
  const alerts = found.value.flatMap(raisedAlert);
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

/** An alert as its entry says it. */
export function raisedAlert({ raised, acknowledged }: AlertPlace): RaisedAlert[] {
  const [first] = raised.entries;
  const decoded = first && decodeEntry(Buffer.from(first.leaf));
  if (!decoded?.ok || decoded.value.kind !== "alert.raised") return [];
  const { alert, rule, member, from, to, count, threshold, entries, at } = decoded.value;
  const said = { alert, rule, member, from, to, count, threshold, entries, at };
  return [{ ...said, index: first?.index ?? 0, ...(acknowledged !== undefined && { acknowledged }) }];
}
