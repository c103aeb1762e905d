import { availableParallelism } from "node:os";
import { startThread, threadFile } from "@xinqiao/runtime/threads";
import { spanWidth } from "./span.ts";
import { createSpanChecker, type SpanResult, type Task } from "./span-thread.ts";

const spanFile = threadFile(import.meta.url, "span-thread");

interface Checker {
  check(span: number): Promise<SpanResult>;
  close(): void;
}

/** Every span's result, in order; a few at a time are under way or wait, however long the log. */
export async function* checkSpans(task: Task): AsyncGenerator<SpanResult> {
  const spans = Math.ceil(task.size / spanWidth);
  const count = Math.min(spans, availableParallelism());
  const checkers =
    count <= 1 ? [createSpanChecker(task)] : Array.from({ length: count }, () => startChecker(task));
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

export function startChecker(task: Task): Checker {
  const { ask, end } = startThread<number, SpanResult>(spanFile, { workerData: { fsck: task } });
  return { check: ask, close: () => void end() };
}
