import type { ItemCode } from "@xinqiao/protocol/catalogue";
import { err } from "@xinqiao/protocol/result";
import { SqliteError } from "better-sqlite3";
import type { AgentStore } from "../store/index.ts";
import type { Step, StreamFault } from "./step.ts";
import type { StreamEvents } from "./taking.ts";

export interface WatchedStream {
  readonly name: string;
  readonly item: ItemCode;
  readonly step: Step;
}

interface WatchDependencies {
  readonly store: { readonly streams: Pick<AgentStore["streams"], "failing" | "readTo" | "covered"> };
  readonly events: Pick<StreamEvents, "streamFaults">;
}

/**
 * Keeps how each stream stands, for an operator. An item is held as of the oldest of its streams, once all have been
 * read to their end.
 */
export function createWatch(
  streams: readonly WatchedStream[],
  { store: { streams: book }, events }: WatchDependencies,
): (stream: WatchedStream) => Step {
  const asOf = new Map<string, number>();
  const failing = new Map<string, string>();

  function stands(name: string, code: string | undefined): void {
    if (failing.get(name) === code) return;
    if (code === undefined) failing.delete(name);
    else failing.set(name, code);
    events.streamFaults(failing.size);
    refusals(() => book.failing(name, code));
  }

  function read({ name, item }: WatchedStream, instant: number): void {
    asOf.set(name, instant);
    book.readTo(name, isoInstant(instant));
    const all = streams.filter((each) => each.item === item).map((each) => asOf.get(each.name));
    const known = all.filter((each) => each !== undefined);
    if (known.length === all.length) book.covered(item, isoInstant(Math.min(...known)));
  }

  return (stream) => async (signal) => {
    const stepped = await guarded(stream.step, signal);
    if (signal.aborted) return stepped;
    stands(stream.name, stepped.ok ? undefined : stepped.error.code);
    const whole = stepped.ok && !stepped.value.again ? stepped.value.asOf : undefined;
    if (whole !== undefined) refusals(() => read(stream, whole));
    return stepped;
  };
}

const isoInstant = (instant: number): string => new Date(instant).toISOString();

/** A store that is full or held by another takes nothing now: the same rows come again. */
async function guarded(step: Step, signal: AbortSignal): ReturnType<Step> {
  try {
    return await step(signal);
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return err<StreamFault>({ code: "intake.not-taken", why: error.code });
  }
}

/** What only describes may be lost where the store refuses it: the next step meets the same, and says so. */
function refusals(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
  }
}
