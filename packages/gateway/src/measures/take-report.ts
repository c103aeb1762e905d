import { subjectText } from "@xinqiao/protocol/identity";
import {
  type Feedback,
  type FeedbackReply,
  type MeasureReport,
  openMeasureReport,
  textHash,
} from "@xinqiao/protocol/measures";
import { decideStanding } from "@xinqiao/protocol/policy";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { isToCome } from "@xinqiao/runtime/calendar";
import type { LoggedEntries, LoggedEntry } from "../books/index.ts";
import {
  type AppendError,
  type AuditLog,
  type NonceClaim,
  openedValue,
  type ProofSource,
} from "../log/index.ts";
import type { GivenRecords } from "../screening/index.ts";
import type { Hub } from "../sharing/index.ts";
import type { Measures, Revocations } from "./ports.ts";

export interface TakeReportDependencies {
  readonly measures: Pick<Measures, "keepReport" | "durable">;
  readonly revocations: Pick<Revocations, "isAsked">;
  readonly given: Pick<GivenRecords, "wasGiven">;
  readonly hub: Pick<Hub, "version">;
  readonly entries: Pick<LoggedEntries, "of">;
  readonly evidence: ProofSource["evidence"];
  readonly directory: () => Pick<Directory, "key">;
  readonly log: Pick<AuditLog, "append" | "origin">;
  /** The member may have to be asked to revoke it at once. */
  readonly onKept: () => void;
  readonly now: () => number;
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
  deps: TakeReportDependencies,
): Promise<Result<FeedbackReply, { readonly refused: Fault } | { readonly failed: AppendError }>> {
  const { measures, revocations, directory, log, onKept, now } = deps;
  const standing = decideStanding(member);
  if (!standing.allowed) return err({ refused: standing.fault });
  const report = openMeasureReport(text, member.node, directory());
  if (report === undefined) return err({ refused: fault("feedback.report-invalid") });
  if (isToCome(report.on, now(), "another's")) {
    return err({ refused: fault("feedback.report-invalid", "its day is to come") });
  }
  const how = howGiven(report, deps);
  if (how === undefined) return err({ refused: fault("feedback.not-given") });
  if (revocations.isAsked(report)) return err({ refused: fault("feedback.already-asked") });
  const { source, outcome } = report;
  const sha256 = textHash(text);
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
  // Its member may have been asked while the log took it.
  const isKept = measures.keepReport({ report, text, sha256, isFollowed: how.isFollowed });
  if (!isKept) return err({ refused: fault("feedback.already-asked") });
  await measures.durable();
  onKept();
  const { index, size, root } = logged.value;
  return ok({ report: sha256, log: { origin: log.origin, index, size, root } });
}

interface Given {
  /** Whether the city itself knows that it was this record: nobody hears of what becomes of one that it was never given. */
  readonly isFollowed: boolean;
}

/**
 * How the exchange gave the member that record. A screening was answered from what is held here, and what it gave was
 * written down. A lookup names who answered, though not with which record: that the gateway does not know, and it takes
 * the member's word, whether it holds such a record or not.
 */
function howGiven(report: MeasureReport, deps: TakeReportDependencies): Given | undefined {
  const logged = deps.entries.of(report.exchange).filter(({ entry }) => entry.actor === report.iss);
  if (logged.some(({ entry }) => entry.kind === "screening.answered")) {
    return deps.given.wasGiven(report) ? { isFollowed: true } : undefined;
  }
  const answered = logged.some(({ entry }) => hasAnswered(entry, report));
  return answered ? { isFollowed: logged.some((each) => askedFor(each, report, deps)) } : undefined;
}

function hasAnswered(entry: LoggedEntry["entry"], { source }: MeasureReport): boolean {
  if (entry.kind !== "lookup.outcome" || entry.requester !== undefined) return false;
  return entry.rows.some(({ node, status }) => node === source && (status === "ok" || status === "stale"));
}

/**
 * Whether a lookup can have given the record that is held: it was about its subject and item, and it came before the record was
 * disclosed no more.
 */
function askedFor(
  { index, entry }: LoggedEntry,
  { source, record }: MeasureReport,
  { hub, evidence }: Pick<TakeReportDependencies, "hub" | "evidence">,
): boolean {
  const held = hub.version(source, record);
  if (held === undefined || entry.kind !== "lookup.intent" || !entry.items.includes(held.item)) return false;
  if (held.goneAt !== null && held.goneAt <= Date.parse(entry.at)) return false;
  return openedValue(entry, evidence(index), "subject") === subjectText(held.subject);
}
