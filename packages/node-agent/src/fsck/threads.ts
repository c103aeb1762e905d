import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { spanWidth } from "./span.ts";
import { createSpanChecker, type SpanResult, type Task } from "./span-thread.ts";

/** Source runs as TypeScript, a package as JavaScript. */
const threadFile = new URL(
  import.meta.url.endsWith(".ts") ? "./span-thread.ts" : "./span-thread.js",
  import.meta.url,
);

interface Checker {
  check(span: number): Promise<SpanResult>;
  close(): void;
}

/** Every span's result, in order; a few at a time are under way or wait, however long the log. */
export async function* checkSpans(task: Task): AsyncGenerator<SpanResult> {
  const spans = Math.ceil(task.size / spanWidth);
  const count = Math.min(spans, availableParallelism());
  const checkers =
    count <= 1 ? [createSpanChecker(task)] : Array.from({ length: count }, () => startThread(task));
  try {
    const ahead: Promise<SpanResult>[] = [];
    for (let span = 0; span < spans; span += 1) {
      const checker = checkers[span % checkers.length];
      if (checker !== undefined) ahead.push(quietly(checker.check(span)));
      const next = ahead.length >= 2 * count ? ahead.shift() : undefined;
      if (next) yield await next;
    }
    for (const each of ahead) yield await each;
  } finally {
    for (const { close } of checkers) close();
  }
}

/** One that fails is met when its turn comes. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function startThread(task: Task): Checker {
  const worker = new Worker(threadFile, { workerData: { fsck: task } });
  const waiting: PromiseWithResolvers<SpanResult>[] = [];
  const fail = (error: Error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on("message", (result: SpanResult) => waiting.shift()?.resolve(result));
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("a thread that checks the log has ended")));
  return {
    check(span) {
      const next = Promise.withResolvers<SpanResult>();
      waiting.push(next);
      worker.postMessage(span);
      return next.promise;
    },
    close: () => void worker.terminate(),
  };
}
