import { fault } from "@xinqiao/protocol/problem";
import type { Explanation, Finding, Unproven } from "@xinqiao/protocol/reconciliation";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { BookLine } from "../book/index.ts";
import type { CallDependencies, CallError } from "../lookup/index.ts";
import type { HourReport } from "./hour-report.ts";
import { type LogView, type LogViewDependencies, viewLog } from "./log-view.ts";
import { isReplyLost, type Own } from "./own-side.ts";
import { proveExplained, proveTold } from "./proofs.ts";
import { proveLines } from "./prove-lines.ts";

/** By this member's own comparison. */
export interface Differences {
  readonly findings: readonly Finding[];
  /** What the gateway says is not what it has signed. */
  readonly contradicts: boolean;
}

/** What the log's own proofs say. */
export interface Proofs extends Pick<HourReport, "log" | "proved"> {
  /** Told alike, and not proved. */
  readonly unproven: readonly Unproven[];
  /** Told alike, and proved but for the answers, of which evidence was destroyed since. */
  readonly erased: readonly BookLine[];
  /** Why a finding is no difference, as the log proves; `unprovable` when there is no log to prove it by. */
  readonly explained: ReadonlyMap<Finding, Explanation> | "unprovable";
  /** Findings of which the gateway might say why, and the log does not prove it. */
  readonly unexplained: readonly Unproven[];
}

export interface CheckDependencies extends CallDependencies {
  readonly logView: Omit<LogViewDependencies, "get">;
  readonly get: LogViewDependencies["get"];
}

/** Proves everything that both sides tell alike, and why what they do not is no difference. */
export async function checkProofs(
  own: Own,
  { findings, contradicts }: Differences,
  deps: CheckDependencies,
  signal: AbortSignal,
): Promise<Result<Proofs, CallError>> {
  const viewed = await viewLog({ ...deps.logView, get: deps.get });
  if (!viewed.ok) return err({ by: "agent", fault: viewed.error });
  const view = viewed.value;
  if (view === undefined) {
    const nothing = { proved: 0, unproven: [], erased: [], unexplained: [] };
    return ok({ log: "unpublished", explained: "unprovable", ...nothing });
  }
  const told = await checkTold(own, findings, view, deps, signal);
  if (!told.ok) return told;
  const explained = await checkExplained(own, findings, view, deps, signal);
  if (!explained.ok) return explained;
  const { uncovered, ...proofs } = {
    ...told.value,
    ...explained.value,
    uncovered: told.value.uncovered + explained.value.uncovered,
  };
  const differs = findings.some((found) => !mayBeExplained(found, own));
  const certain = differs || contradicts || view.contradicts;
  const found = proofs.unproven.length + proofs.unexplained.length > 0;
  // A log that is slow to sign is no difference; one that differs anyway is not waited for.
  if (uncovered > 0 && !certain && !found)
    return err({ by: "agent", fault: fault("reconciliation.not-covered") });
  return ok({ ...proofs, log: view.contradicts ? "contradicts" : "extends" });
}

async function checkTold(
  own: Own,
  findings: readonly Finding[],
  view: LogView,
  deps: CheckDependencies,
  signal: AbortSignal,
) {
  const found = new Set(findings.map(({ side, exchange }) => `${side} ${exchange}`));
  const told = own.lines.filter(
    ({ side, exchange, status }) => status !== "unanswered" && !found.has(`${side} ${exchange}`),
  );
  const lines = await proveLines(told, proveTold(view, deps.node), deps, signal);
  if (!lines.ok) return lines;
  const unproven: Unproven[] = [];
  const erased: BookLine[] = [];
  let [proved, uncovered] = [0, 0];
  for (const [line, by] of lines.value) {
    const { side, exchange } = line;
    if (by === "proven") proved += 1;
    else if (by === "uncovered") uncovered += 1;
    else if (by === "erased") erased.push(line);
    else unproven.push({ side, exchange, by });
  }
  return ok({ unproven, erased, proved, uncovered });
}

/** What an honest city may say to it: its evidence is destroyed, or it has not taken this answer. */
function provable({ side, how, member, gateway }: Finding): boolean {
  if (how === "told-differently") return gateway?.digest === null && gateway.status === member?.status;
  return side === "answered" && how === "member-only";
}

function mayBeExplained(found: Finding, own: Own): boolean {
  return provable(found) || isReplyLost(found, own);
}

async function checkExplained(
  own: Own,
  findings: readonly Finding[],
  view: LogView,
  deps: CheckDependencies,
  signal: AbortSignal,
) {
  const lines = new Map<BookLine, Finding>();
  for (const found of findings.filter(provable)) {
    const line = own.lines.find(
      (other) =>
        !lines.has(other) &&
        other.side === found.side &&
        other.exchange === found.exchange &&
        other.digest === found.member?.digest,
    );
    if (line !== undefined) lines.set(line, found);
  }
  const proved = await proveLines([...lines.keys()], proveExplained(view, deps.node), deps, signal);
  if (!proved.ok) return proved;
  const explained = new Map<Finding, Explanation>();
  const unexplained: Unproven[] = [];
  let uncovered = 0;
  for (const [line, why] of proved.value) {
    const found = lines.get(line);
    if (found === undefined) continue;
    const { side, exchange } = line;
    if (why === "uncovered") uncovered += 1;
    else if (why === "unexplained") unexplained.push({ side, exchange, by: "inclusion-proof" });
    else explained.set(found, why);
  }
  return ok({ explained, unexplained, uncovered });
}
