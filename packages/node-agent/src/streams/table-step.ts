import { err, ok, type Result } from "@xinqiao/protocol/result";
import { followColumn } from "./column.ts";
import { compareAll } from "./compare.ts";
import type { TableConfig } from "./config.ts";
import { mostKeys } from "./statements.ts";
import { type Noticed, type Step, type Stepped, type StreamFault, unreadable } from "./step.ts";
import type { FollowedTable } from "./table.ts";
import type { Taking } from "./taking.ts";
import { followChanges } from "./triggers.ts";

const minuteMs = 60_000;
/**
 * How often all rows are compared unless the configuration says. Triggers tell of every change, but not that the platform
 * was put back to an older state, once it has as many changes as before.
 */
const usualMinutes = { compare: 60, triggers: 24 * 60, column: Number.POSITIVE_INFINITY };
/** How often it is looked again whether rows that wait for a word are still gone. */
const waitMinutes = 60;

interface Following {
  step(signal: AbortSignal): Promise<Result<Noticed, StreamFault>>;
  /** Whether all rows have to be compared before it is whole. */
  isBehind(): boolean;
  caughtUp(): Promise<void>;
}

/** First what has changed, then, when it is due, all rows; last those whose record another row has let go of. */
export function followTable(
  config: TableConfig,
  table: FollowedTable,
  taking: Taking,
  now: () => number,
): Step {
  const comparison = compareAll(table, taking, now);
  const following = followingOf(config, table, taking, { now, onBehind: comparison.beginAnew });
  const compare = createComparing(config, comparison.step, taking, now);
  return async (signal) => {
    const followed = await following?.step(signal);
    if (followed !== undefined && (!followed.ok || followed.value.again)) return followed;
    const compared = await compare(following?.isBehind() ?? false, signal);
    if (!compared.ok || compared.value.again) return compared;
    if (compared.value.asOf !== undefined) await following?.caughtUp();
    const reread = await readAgain(table, taking, signal);
    if (!reread.ok) return unreadable(reread.error);
    const fault = followed?.value.fault;
    return fault === undefined ? (followed ?? compared) : err(fault);
  };
}

function followingOf(
  { changes }: TableConfig,
  table: FollowedTable,
  taking: Taking,
  { now, onBehind }: Parameters<typeof followChanges>[2],
): Following | undefined {
  switch (changes.by) {
    case "column": {
      const step = followColumn(table, taking, { overlapMs: changes.overlapSeconds * 1000, now });
      return { step, isBehind: () => false, caughtUp: async () => {} };
    }
    case "triggers":
      return followChanges(table, taking, { now, onBehind });
    case "compare":
      return undefined;
  }
}

type Compare = (isNeeded: boolean, signal: AbortSignal) => Promise<Result<Stepped, StreamFault>>;

/** When all rows are compared: at a start, when it is needed, and every so often. What is too much to go waits for a word. */
function createComparing(
  { changes, compareEveryMinutes }: TableConfig,
  compare: Step,
  { stream, streams }: Taking,
  now: () => number,
): Compare {
  const minutes = compareEveryMinutes ?? usualMinutes[changes.by];
  let compared = Number.NEGATIVE_INFINITY;
  let isUnderWay = false;
  let waits: StreamFault | undefined;
  const isPast = (after: number) => now() - compared >= after * minuteMs;
  return async (isNeeded, signal) => {
    const mayWait = streams.confirmed(stream) === 0 && !isPast(Math.min(minutes, waitMinutes));
    if (waits !== undefined && mayWait) return err(waits);
    const isDue = minutes !== Number.POSITIVE_INFINITY && isPast(minutes);
    if (!isUnderWay && !isNeeded && waits === undefined && !isDue) return ok({ again: false });
    const stepped = await compare(signal);
    waits = !stepped.ok && stepped.error.code === "intake.rows-missing" ? stepped.error : undefined;
    isUnderWay = stepped.ok ? stepped.value.again : waits === undefined;
    if (!isUnderWay) compared = now();
    return stepped;
  };
}

/** Rows that were kept back because of another, which has given way. */
async function readAgain(
  table: FollowedTable,
  { stream, streams, take }: Taking,
  signal: AbortSignal,
): Promise<Result<undefined, string>> {
  const keys = streams.again(stream, mostKeys);
  if (keys.length === 0) return ok(undefined);
  const found = await table.ofKeys(keys, signal);
  if (!found.ok) return found;
  const there = new Set(found.value.map(({ key }) => key));
  await take([...found.value, ...keys.filter((key) => !there.has(key)).map((key) => ({ key }))]);
  return ok(undefined);
}
