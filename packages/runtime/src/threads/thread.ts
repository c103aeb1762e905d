import { basename } from "node:path";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** A thread as the one that started it sees it. */
export interface Thread<Request, Reply> {
  /** Replies come in the order of the requests. Rejects when the thread has ended, or ends before it has replied. */
  ask(request: Request): Promise<Reply>;
  /** What it says first, asked nothing yet: that it is open. Rejects as `ask` does. */
  next(): Promise<Reply>;
  /** Why it ended. Waited for by who starts another. */
  readonly ended: Promise<Error>;
  end(): Promise<void>;
}

export interface ThreadOptions<Reply> extends Pick<WorkerOptions, "workerData" | "transferList"> {
  /** Takes what it says in between, as no reply to anything; whether it was that. */
  readonly unasked?: (said: Reply) => boolean;
}

/**
 * Where a thread's code lies: source runs as TypeScript, a package as JavaScript.
 * @param beside the module that starts it, its `import.meta.url`
 */
export function threadFile(beside: string, name: string): URL {
  return new URL(`./${name}${beside.endsWith(".ts") ? ".ts" : ".js"}`, beside);
}

export function startThread<Request, Reply>(
  file: URL,
  { unasked = () => false, ...options }: ThreadOptions<Reply>,
): Thread<Request, Reply> {
  const worker = new Worker(file, options);
  const waiting: PromiseWithResolvers<Reply>[] = [];
  const ended = Promise.withResolvers<Error>();
  let reason = new Error(`the thread ${basename(file.pathname)} has ended`);
  let gone = false;
  worker.on("message", (said: Reply) => {
    if (!unasked(said)) waiting.shift()?.resolve(said);
  });
  worker.on("error", (error: Error) => {
    reason = error;
  });
  // Only when it is gone has it let go of what it held: a successor must not meet its lock.
  worker.on("exit", () => {
    gone = true;
    for (const { reject } of waiting.splice(0)) reject(reason);
    ended.resolve(reason);
  });
  const next = () => {
    const reply = Promise.withResolvers<Reply>();
    if (gone) reply.reject(reason);
    else waiting.push(reply);
    return reply.promise;
  };
  return {
    ask(request) {
      worker.postMessage(request);
      return next();
    },
    next,
    ended: ended.promise,
    async end() {
      await worker.terminate();
    },
  };
}
