import { type ResourceLimits, Worker } from "node:worker_threads";
import { codeOf } from "@xinqiao/runtime/files";
import { threadFile } from "@xinqiao/runtime/threads";
import type { Reply, Request, Task } from "./answering-thread.ts";
import type { TakenFile } from "./taken-files.ts";

const answering = threadFile(import.meta.url, "answering-thread");

/** A thread that reads files while this one serves. It lives for as long as there are files: idle it would only take memory. */
export interface Answering {
  /** @param at the agent's clock, milliseconds since 1970 */
  answer(file: Required<TakenFile>, at: number): Promise<Reply>;
  /** Ends it once what it has been asked is done. */
  close(): Promise<void>;
}

/** @param signal stops what is under way */
export type StartThread = (task: Task, signal: AbortSignal) => Answering;

/** Its answers fail when it dies. */
export function startThread(task: Task, signal: AbortSignal, resourceLimits: ResourceLimits = {}): Answering {
  const worker = new Worker(answering, { workerData: { handover: task }, resourceLimits });
  const ask = (request: Request) => worker.postMessage(request);
  const stop = () => ask("stop");
  signal.addEventListener("abort", stop);
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const ended = new Promise<never>((_, reject) => {
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the thread that reads files has ended")));
  });
  // Also when nobody waits for it.
  ended.catch(() => {});
  return {
    answer(file, at) {
      const reply = new Promise<Reply>((resolve) => worker.once("message", resolve));
      ask({ file, at });
      return Promise.race([reply, ended]);
    },
    async close() {
      signal.removeEventListener("abort", stop);
      stop();
      await exited;
    },
  };
}

/** One thread after the other: one that dies takes no more with it than the file that it was at, which fails. */
export function openAnswering(task: () => Task, signal: AbortSignal, start: StartThread): Answering {
  let thread: Answering | undefined;
  return {
    async answer(file, at) {
      try {
        thread ??= start(task(), signal);
        return await thread.answer(file, at);
      } catch (error) {
        await thread?.close();
        thread = undefined;
        const code = codeOf(error);
        return { failed: error, reason: typeof code === "string" ? code : undefined };
      }
    },
    close: async () => thread?.close(),
  };
}
