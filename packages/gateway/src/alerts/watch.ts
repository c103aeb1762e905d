import { type Alert, alertEntriesText } from "@xinqiao/protocol/audit";
import { keptUntil } from "@xinqiao/protocol/evidence";
import { single } from "@xinqiao/runtime/single";
import type { AuditLog } from "../log/index.ts";
import type { SearchIndex } from "../search/index.ts";
import { hourMs } from "./facts.ts";
import { type FoundAlert, findAlerts } from "./find.ts";
import type { RuleContext } from "./rule.ts";

export interface UseWatch {
  /** Looks at the hours that are over since it looked last, and has what is unusual written down. */
  look(): Promise<void>;
}

export interface UseWatchDependencies extends RuleContext {
  readonly index: Pick<SearchIndex, "size" | "watched" | "watch" | "facts" | "isRaised">;
  readonly log: AuditLog;
  readonly now: () => number;
  readonly onAlert: (alert: Alert) => void;
}

/** How long after its end an hour is looked at: what began in it has an entry by then. */
const settleMs = 60_000;

/** How far back the first look goes, when nothing was ever looked at. */
const firstLookMs = 24 * hourMs;

/** An hour that an alert could not be written of is looked at again: nothing is passed over, and nothing raised twice. */
export function createUseWatch(deps: UseWatchDependencies): UseWatch {
  const { index, log, now, thresholds, onAlert } = deps;
  const raised = new Set<string>();
  const floors = {
    weeks: thresholds.unusualVolume.weeks,
    subjects: thresholds.manySubjects.atLeast,
    members: thresholds.watchedSubject.atLeast,
  };

  async function raise({ alert, entries, about }: FoundAlert): Promise<boolean> {
    if (raised.has(alert.alert)) return true;
    const known = await index.isRaised(alert.alert);
    if (!known.ok) return false;
    if (!known.value) {
      const named = { entries: alertEntriesText(entries) };
      const appended = await log.append(
        { kind: "alert.raised", exchange: null, actor: null, ...alert, private: named },
        undefined,
        { until: keptUntil(now(), []), ...(about !== undefined && { tag: about }) },
      );
      if (!appended.ok) return false;
      onAlert(alert);
    }
    // The index runs behind: until it has the entry, this says that it is there.
    raised.add(alert.alert);
    return true;
  }

  /** @returns whether all of it is done */
  async function lookAt(from: number): Promise<boolean> {
    const facts = await index.facts(from, floors);
    if (!facts.ok) return false;
    for (const found of findAlerts(facts.value, deps)) if (!(await raise(found))) return false;
    return (await index.watch(from + hourMs)).ok;
  }

  async function look(): Promise<void> {
    const last = Math.floor((now() - settleMs) / hourMs) * hourMs;
    const watched = await index.watched();
    // What the index does not have yet cannot be looked at.
    if (!watched.ok || index.size() < log.head().size) return;
    for (let from = watched.value ?? last - firstLookMs; from < last; from += hourMs) {
      if (!(await lookAt(from))) return;
    }
  }

  return { look: single(look) };
}
