import type { Explanation, Finding, Report, Unproven } from "@xinqiao/protocol/reconciliation";
import type { BookLine } from "../book/index.ts";
import type { Proofs } from "./check-proofs.ts";
import type { Word } from "./gateway-word.ts";
import type { Caught, HourReport } from "./hour-report.ts";
import { isReplyLost, type Own } from "./own-side.ts";
import type { ReconciledHours } from "./port.ts";

/** What was compared, and what the gateway has signed of it. */
export interface Outcome extends Pick<HourReport, "words"> {
  readonly word: Word;
  /** By this member's own comparison. */
  readonly findings: readonly Finding[];
  readonly proofs: Proofs;
}

/** Keeps what became of an hour, with the gateway's words as it has signed them. */
export function keepHour(
  own: Own,
  { word: { report, reportText, logged, statementText, entries }, findings, proofs, words }: Outcome,
  { reconciled, now }: { readonly reconciled: Pick<ReconciledHours, "keep">; readonly now: () => number },
): HourReport {
  const { unproven, erased, log, proved } = proofs;
  const compared = findings.map((found) => catchOf(found, { report, own, proofs }));
  const caught = [
    ...compared,
    ...erased.flatMap(erasedIn),
    ...unproven.map((missed) => unprovenIn(missed, own)),
  ];
  const explained = caught.filter(({ explanation }) => explanation !== undefined).length;
  const { interval, summary: here } = own;
  const there = { asked: logged.asked, answered: logged.answered };
  const besides = (log === "contradicts" ? 1 : 0) + (words === "contradict" ? 1 : 0);
  const differences = caught.length - explained + besides;
  const hour = { interval, here, there, findings: caught, log, words, proved, differences, explained };
  reconciled.keep({
    interval,
    at: now(),
    differences,
    explained,
    statement: statementText,
    // One that withholds its report is kept with what it has listed instead.
    report: reportText ?? JSON.stringify(entries ?? []),
    detail: JSON.stringify(hour),
  });
  return hour;
}

interface Said {
  readonly report: Report | undefined;
  readonly own: Own;
  readonly proofs: Proofs;
}

/** What is here and not there shows in the counts already; what is told differently in the digests alone. */
function catchOf(found: Finding, said: Said): Caught {
  const { explanation: _compared, ...caught } = found;
  const explanation = explanationIn(said.report, found);
  if (explanation === undefined) return { ...caught, by: caughtBy(found) };
  return isProved(explanation, found, said)
    ? { ...caught, by: caughtBy(found), explanation }
    : { ...caught, by: "inclusion-proof" };
}

const caughtBy = ({ how }: Finding) => (how === "told-differently" ? "digest" : "count");

function unprovenIn({ side, exchange, by }: Unproven, { entries }: Own): Caught {
  const entry = entries.find((other) => other.side === side && other.exchange === exchange);
  const member = entry === undefined ? null : { status: entry.status, digest: entry.digest };
  return { side, exchange, how: "not-proven", member, gateway: null, by };
}

/** Told alike, and proved but for what was destroyed since. */
function erasedIn({ side, exchange, status, digest }: BookLine): Caught[] {
  if (status === "unanswered") return [];
  const told = { member: { status, digest }, gateway: { status, digest: null } };
  return [{ side, exchange, how: "told-differently", ...told, by: "digest", explanation: "evidence-erased" }];
}

/** The gateway says why two honest books differ; that it is so is for the log to prove, or for this member to know. */
function isProved(explanation: Explanation, found: Finding, { own, proofs: { explained } }: Said): boolean {
  if (explanation === "reply-lost") return isReplyLost(found, own);
  return explained === "unprovable" || explained.get(found) === explanation;
}

/** The gateway explains only what it can know: for the rest its word counts for nothing. */
function explanationIn(
  report: Report | undefined,
  { side, exchange, how, member, gateway }: Finding,
): Explanation | undefined {
  const reported = report?.findings.find(
    (other) =>
      other.side === side &&
      other.exchange === exchange &&
      other.how === how &&
      other.member?.digest === member?.digest &&
      other.gateway?.digest === gateway?.digest,
  );
  const explanation = reported?.explanation;
  return explanation !== undefined && mayExplain[explanation]({ side, how, gateway })
    ? explanation
    : undefined;
}

const mayExplain: Record<Explanation, (found: Pick<Finding, "side" | "how" | "gateway">) => boolean> = {
  "reply-lost": ({ side, how }) => side === "asked" && how === "gateway-only",
  "answer-not-taken": ({ side, how }) => side === "answered" && how === "member-only",
  "evidence-erased": ({ how, gateway }) => how === "told-differently" && gateway?.digest === null,
};
