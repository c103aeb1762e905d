import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { AppendError } from "../../log/index.ts";
import type { WriterReply, WriterRequest } from "./log-worker.ts";
import type { BatchResult, Staged } from "./staged.ts";

type Opened = Extract<WriterReply, { did: "open" }>;

/** The writer as the main thread sees it. */
export interface WriterThread {
  readonly opened: Opened;
  write(batch: readonly Staged[]): Promise<BatchResult>;
  /** The code that a small write fails with, or nothing. */
  probe(at: number): Promise<AppendError["code"] | undefined>;
  close(): Promise<void>;
}

/** Source runs as TypeScript, a package as JavaScript. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "./log-worker.ts" : "./log-worker.js",
  import.meta.url,
);

/** Starts the writer on a log's file. Rejects when the file cannot be opened or is damaged. */
export async function startWriter(path: string): Promise<WriterThread> {
  const worker = new Worker(workerFile, { workerData: { path } });
  const pending: ((reply: WriterReply) => void)[] = [];
  let failure: Error | undefined;
  const [opened] = (await once(worker, "message")) as [Opened];
  worker.on("message", (reply: WriterReply) => pending.shift()?.(reply));
  worker.on("error", (error) => {
    failure = error;
    for (const settle of pending.splice(0))
      settle({ did: "write", result: { ok: false, code: "log.unavailable" } });
  });

  /** Replies come in the order of the requests. */
  function call(request: WriterRequest): Promise<WriterReply> {
    if (failure) return Promise.resolve({ did: "write", result: { ok: false, code: "log.unavailable" } });
    const { promise, resolve } = Promise.withResolvers<WriterReply>();
    pending.push(resolve);
    worker.postMessage(request);
    return promise;
  }

  return {
    opened,
    async write(batch) {
      const reply = await call({ do: "write", batch: JSON.stringify(batch) });
      return reply.did === "write" ? reply.result : { ok: false, code: "log.unavailable" };
    },
    async probe(at) {
      const reply = await call({ do: "probe", at });
      return reply.did === "probe" ? reply.code : "log.unavailable";
    },
    async close() {
      await call({ do: "close" });
      await worker.terminate();
    },
  };
}
