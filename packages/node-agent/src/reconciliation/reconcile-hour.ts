import { asResult } from "@xinqiao/protocol/problem";
import {
  accountsFor,
  compareBooks,
  type Finding,
  type Interval,
  mostFindings,
  sameSummary,
  summarise,
} from "@xinqiao/protocol/reconciliation";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import type { CallDependencies, CallError } from "../lookup/index.ts";
import { checkProofs, type Differences, type Proofs } from "./check-proofs.ts";
import { askWord, contradictsItself, type Word } from "./gateway-word.ts";
import type { HourReport } from "./hour-report.ts";
import { keepHour } from "./keep-hour.ts";
import type { LogViewDependencies } from "./log-view.ts";
import { nameFinding, type Own, type OwnSideDependencies, ownSide } from "./own-side.ts";
import type { ReconciledHours } from "./port.ts";

export interface ReconcileDependencies extends CallDependencies, OwnSideDependencies {
  readonly reconciled: Pick<ReconciledHours, "keep">;
  readonly logView: Omit<LogViewDependencies, "get">;
  readonly get: GetFromGateway;
}

/**
 * Compares an hour of this member's book with the city's log. When the summaries differ the gateway lists what it has
 * in the hour, and this member names every exchange of which the two do not say the same; what the gateway then
 * signs must be about exactly these. A gateway that contradicts what it has signed is kept by its words, and the next
 * hour is compared all the same.
 */
export async function reconcileHour(
  interval: Interval,
  deps: ReconcileDependencies,
  signal: AbortSignal,
): Promise<Result<HourReport, CallError>> {
  const signed = await asResult(() => ownSide(interval, deps));
  if (!signed.ok) return err({ by: "agent", fault: signed.error });
  const own = signed.value;
  const first = await askWord({ statement: own.statement }, own, deps, signal);
  if (!first.ok) return first;
  const { findings, contradicts } = differencesIn(first.value, own);
  const proofs = await checkProofs(own, { findings, contradicts }, deps, signal);
  if (!proofs.ok) return proofs;
  const settled = { findings, proofs: proofs.value };
  if (contradicts) return ok(keepHour(own, { ...settled, word: first.value, words: "contradict" }, deps));
  const clean = proofs.value.unproven.length === 0 && proofs.value.log !== "contradicts";
  if (first.value.report !== undefined && clean)
    return ok(keepHour(own, { ...settled, word: first.value, words: "agree" }, deps));
  const named = namedFindings(findings, own, proofs.value);
  const second = await askWord({ statement: own.statement, ...named }, own, deps, signal);
  if (!second.ok) return second;
  const words = holdsTo(second.value, first.value, own) ? "agree" : "contradict";
  return ok(keepHour(own, { ...settled, word: second.value, words }, deps));
}

/** Nothing when the gateway has signed that the books agree; else what it lists must be what it has signed for. */
function differencesIn(word: Word, own: Own): Differences {
  const { report, entries, logged } = word;
  if (report !== undefined) return { findings: [], contradicts: contradictsItself(word, own) };
  const listed = entries !== undefined && sameSummary(summarise(entries), logged);
  return { findings: listed ? compareBooks(own.entries, entries) : [], contradicts: !listed };
}

/** A report there must be, and it must lead from what the gateway has listed to what this member has stated. */
function holdsTo(word: Word, { entries, logged, report: agreed }: Word, own: Own): boolean {
  const { report } = word;
  if (report === undefined || contradictsItself(word, own)) return false;
  if (agreed !== undefined || report.more > 0 || !sameSummary(word.logged, logged)) return true;
  return accountsFor(report.findings, entries ?? [], own.summary);
}

/** As many as a request has room for, and how many more there are. */
function namedFindings(
  findings: readonly Finding[],
  own: Own,
  { unproven: missed, unexplained, log }: Proofs,
) {
  const unproven = [...unexplained, ...missed];
  const named = findings.slice(0, mostFindings).map((found) => nameFinding(found, own));
  const some = unproven.slice(0, mostFindings - named.length);
  const more = findings.length - named.length + Math.max(0, missed.length - some.length);
  return {
    findings: named,
    more,
    unproven: some,
    ...(log === "contradicts" && { contradicts: true }),
  };
}
