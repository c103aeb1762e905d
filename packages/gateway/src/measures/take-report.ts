import {
  type Feedback,
  type FeedbackReply,
  type MeasureReport,
  openMeasureReport,
  reportHash,
} from "@xinqiao/protocol/measures";
import { decideStanding } from "@xinqiao/protocol/policy";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { LoggedEntries, LoggedEntry } from "../books/index.ts";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { Hub } from "../sharing/index.ts";
import type { Measures } from "./ports.ts";

export interface TakeReportDependencies {
  readonly measures: Pick<Measures, "keepReport" | "durable">;
  readonly hub: Pick<Hub, "version">;
  readonly entries: Pick<LoggedEntries, "of">;
  readonly directory: () => Pick<Directory, "key">;
  readonly log: Pick<AuditLog, "append" | "origin">;
}

export interface GivenReport {
  readonly feedback: Feedback;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

/** Takes a member's word of what it did about a record that it was given: in the log, and kept, before it is receipted (PR-SYNC §8). */
export async function takeReport(
  { feedback: { report: text }, member, requestId: exchange, traceId, claim }: GivenReport,
  { measures, hub, entries, directory, log }: TakeReportDependencies,
): Promise<Result<FeedbackReply, { readonly refused: Fault } | { readonly failed: AppendError }>> {
  const standing = decideStanding(member);
  if (!standing.allowed) return err({ refused: standing.fault });
  const report = openMeasureReport(text, member.node, directory());
  if (report === undefined) return err({ refused: fault("feedback.report-invalid") });
  const isGiven = entries.of(report.exchange).some(({ entry }) => gave(entry, report, hub));
  if (!isGiven) return err({ refused: fault("feedback.not-given") });
  const { source, outcome } = report;
  const sha256 = reportHash(text);
  const logged = await log.append(
    {
      kind: "measures.reported",
      exchange,
      actor: member.node,
      traceId,
      source,
      outcome,
      report: sha256,
    },
    claim,
  );
  if (!logged.ok) return err({ failed: logged.error });
  measures.keepReport({ report, text, sha256 });
  await measures.durable();
  const { index, size, root } = logged.value;
  return ok({ report: sha256, log: { origin: log.origin, index, size, root } });
}

/**
 * Whether an entry says that the member was given something of that source. A lookup names who answered, though not with which
 * record: the gateway does not know. A screening was answered from what is held here.
 */
function gave(
  entry: LoggedEntry["entry"],
  { iss, source, record, version }: MeasureReport,
  hub: Pick<Hub, "version">,
): boolean {
  if (entry.actor !== iss) return false;
  if (entry.kind === "lookup.outcome") {
    const isOwn = entry.requester === undefined;
    return (
      isOwn &&
      entry.rows.some(({ node, status }) => node === source && (status === "ok" || status === "stale"))
    );
  }
  if (entry.kind !== "screening.answered" || entry.hits === 0) return false;
  const held = hub.version(source, record);
  return held !== undefined && version <= held.version && entry.items.includes(held.item);
}
