import { join } from "node:path";
import { codeOf, exists } from "@xinqiao/runtime/files";
import { type Answering, openAnswering, type StartThread, startThread } from "./answer-beside.ts";
import { refuseFile } from "./answer-file.ts";
import type { Task } from "./answering-thread.ts";
import type { HandoverEvents, HandoverFault } from "./events.ts";
import { handBack } from "./hand-back.ts";
import type { Places } from "./places.ts";
import { ownFiles, type TakenFile, takeOver, underWay } from "./taken-files.ts";
import { noFilesIn } from "./whole-files.ts";

export interface PassDependencies {
  readonly places: Places;
  /** Names in `in` of files that are whole. */
  readonly look: () => Promise<readonly string[]>;
  /** What files are read by, as it is now. */
  readonly task: () => Task;
  readonly now: () => number;
  readonly events: HandoverEvents;
  /** Absent: with as much memory as this process may have. */
  readonly startThread?: StartThread;
}

/**
 * One look at the folder: takes over what is whole, answers what was taken over, hands back what is answered. What
 * fails for one file does not hold up the others.
 * @returns what an operator has to see to
 */
export async function pass(deps: PassDependencies, signal: AbortSignal): Promise<readonly HandoverFault[]> {
  const { places, events, now } = deps;
  const faults: HandoverFault[] = [];
  const attempt = createAttempt(faults, events);
  const names = await attempt({ code: "intake.folder-unreadable" }, deps.look);
  if (names === undefined) return faults;
  const others = await attempt({ code: "intake.folder-unreadable" }, () => noFilesIn(places.in));
  for (const file of others ?? []) faults.push({ code: "intake.no-file", file });
  for (const file of names)
    await attempt({ code: "intake.not-taken-over", file }, () => takeOver(places.in, file, places.work));
  const answering = openAnswering(deps.task, signal, deps.startThread ?? startThread);
  try {
    for (const taken of await underWay(places.work)) {
      if (signal.aborted) break;
      const isAnswered = () => exists(join(taken.folder, ownFiles.report));
      const { name } = taken;
      if (name !== undefined && !(await isAnswered())) {
        const answerIt = () => answer({ ...taken, name }, answering, deps);
        const fault = await attempt({ code: "intake.not-answered", file: name }, answerIt);
        if (fault !== undefined) faults.push(fault);
        if (!(await isAnswered())) continue;
      }
      const about = name === undefined ? {} : { file: name };
      await attempt({ code: "intake.not-handed-back", ...about }, () => handBack(taken, places, now()));
    }
  } finally {
    await answering.close();
  }
  // A stop is no fault of a file's.
  return signal.aborted ? [] : faults;
}

/** Of a thread; nothing else than a workbook is held in memory. */
const outOfMemory = "ERR_WORKER_OUT_OF_MEMORY";

/** @returns what kept it from being answered */
async function answer(
  file: Required<TakenFile>,
  answering: Answering,
  { events, now }: Pick<PassDependencies, "events" | "now">,
): Promise<HandoverFault | undefined> {
  const reply = await answering.answer(file, now());
  const about = { file: file.name };
  if ("failed" in reply && reply.reason === outOfMemory) {
    const at = new Date(now()).toISOString();
    const fault = { code: "import.workbook-too-large" } as const;
    events.fileAnswered(file.name, await refuseFile(file.folder, file.name, fault, at));
    return undefined;
  }
  if ("failed" in reply) {
    if (reply.reason === undefined) events.failed(reply.failed);
    return { code: "intake.not-answered", ...about, ...withReason(reply.reason) };
  }
  const { answered } = reply;
  if (answered.outcome === "gone") return { code: "intake.gone", ...about };
  if (answered.outcome === "later") return { code: "intake.not-answered", ...about, reason: answered.code };
  events.fileAnswered(file.name, answered);
  return undefined;
}

/** What the system refuses is an operator's to see to; anything else is a bug. */
function createAttempt(faults: HandoverFault[], events: HandoverEvents) {
  return async <T>(fault: HandoverFault, act: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await act();
    } catch (error) {
      const code = codeOf(error);
      if (typeof code !== "string") events.failed(error);
      faults.push({ ...fault, ...withReason(code) });
      return undefined;
    }
  };
}

function withReason(reason: unknown): Pick<HandoverFault, "reason"> {
  return typeof reason === "string" ? { reason } : {};
}
