import { Worker } from "node:worker_threads";
import { err, type Result } from "@xinqiao/protocol/result";
import type { KeptCheckpoint } from "../../log/index.ts";
import type { Failure } from "./failure.ts";
import type { Batch, Opened, WriterOptions, WriterReply, WriterRequest } from "./log-worker.ts";
import type { Committed, Late, Removal, Removed, Staged } from "./staged.ts";

/** The writer as the main thread sees it. */
export interface Writer {
  readonly opened: Opened;
  write(staged: readonly Staged[], late?: readonly Late[]): Promise<Result<Committed, Failure>>;
  remove(removal: Removal): Promise<Result<Removed, Failure>>;
  keepCheckpoint(checkpoint: KeptCheckpoint): Promise<Result<void, Failure>>;
  letGo(from: number, to: number): Promise<Result<void, Failure>>;
  /** A real write, to learn whether the disk takes one. */
  probe(at: number): Promise<Result<void, Failure>>;
  close(): Promise<void>;
}

/** Source runs as TypeScript, a package as JavaScript. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "./log-worker.ts" : "./log-worker.js",
  import.meta.url,
);

/**
 * Starts the writer on a log's file. Rejects when the file cannot be opened or is damaged. A writer that
 * dies later is replaced at the next request: what it had committed is in the file, what it was asked
 * and did not answer has failed.
 */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  let starting: Promise<Thread> | undefined = startThread(options);
  const { opened } = await starting;
  let closing: Promise<void> | undefined;

  async function ask(request: WriterRequest): Promise<Result<WriterReply, Failure>> {
    try {
      starting ??= startThread(options);
      const thread = await starting;
      return { ok: true, value: await thread.ask(request) };
    } catch (error) {
      starting = undefined;
      return err({ code: "log.unavailable", reason: String(error) });
    }
  }

  return {
    opened,
    async write(staged, late = []) {
      const batch: Batch = { staged, late };
      const reply = await ask({ do: "write", batch: JSON.stringify(batch) });
      return reply.ok && reply.value.did === "write" ? reply.value.result : outOfTurn(reply);
    },
    async keepCheckpoint(checkpoint) {
      const reply = await ask({ do: "keep-checkpoint", checkpoint });
      return reply.ok && reply.value.did === "keep-checkpoint" ? reply.value.result : outOfTurn(reply);
    },
    async remove(removal) {
      const reply = await ask({ do: "remove", removal });
      return reply.ok && reply.value.did === "remove" ? reply.value.result : outOfTurn(reply);
    },
    async letGo(from, to) {
      const reply = await ask({ do: "let-go", from, to });
      return reply.ok && reply.value.did === "let-go" ? reply.value.result : outOfTurn(reply);
    },
    async probe(at) {
      const reply = await ask({ do: "probe", at });
      return reply.ok && reply.value.did === "probe" ? reply.value.result : outOfTurn(reply);
    },
    close() {
      closing ??= ask({ do: "close" }).then(async () => (await starting)?.end());
      return closing;
    },
  };
}

function outOfTurn(reply: Result<WriterReply, Failure>): Result<never, Failure> {
  return reply.ok ? err({ code: "log.unavailable", reason: `out of turn: ${reply.value.did}` }) : reply;
}

interface Thread {
  readonly opened: Opened;
  /** Rejects when the thread ends before it has replied. */
  ask(request: WriterRequest): Promise<WriterReply>;
  end(): Promise<void>;
}

async function startThread(options: WriterOptions): Promise<Thread> {
  const worker = new Worker(workerFile, { workerData: options });
  const waiting: PromiseWithResolvers<WriterReply>[] = [];
  let ended: Error | undefined;
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  let fatal = new Error("the log's writer has ended");
  worker.on("error", (error: Error) => {
    fatal = error;
  });
  // Only when it is gone has it let go of the log; a successor must not meet its lock.
  worker.on("exit", () => end(fatal));
  // Replies come in the order of the requests.
  worker.on("message", (reply: WriterReply) => waiting.shift()?.resolve(reply));
  const reply = (): Promise<WriterReply> => {
    const next = Promise.withResolvers<WriterReply>();
    waiting.push(next);
    return next.promise;
  };
  const first = await reply();
  if (first.did !== "open") throw new Error(`the log's writer began with ${first.did}`);
  return {
    opened: first.opened,
    ask(request) {
      if (ended) return Promise.reject(ended);
      worker.postMessage(request);
      return reply();
    },
    async end() {
      await worker.terminate();
    },
  };
}
