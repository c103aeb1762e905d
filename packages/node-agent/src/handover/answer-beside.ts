import { Worker } from "node:worker_threads";
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
export function startAnswering(task: Task, signal: AbortSignal): Answering {
  const worker = new Worker(answering, { workerData: { handover: task } });
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
