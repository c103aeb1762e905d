import { err, type Result } from "@xinqiao/protocol/result";
import { startThread, type Thread, threadFile } from "@xinqiao/runtime/threads";
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

const workerFile = threadFile(import.meta.url, "log-worker");

/**
 * Starts the writer on a log's file. Rejects when the file cannot be opened or is damaged. A writer that
 * dies later is replaced at the next request: what it had committed is in the file, what it was asked
 * and did not answer has failed.
 */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  let starting: Promise<OpenedThread> | undefined = open(options);
  const { opened } = await starting;
  let closing: Promise<void> | undefined;

  async function ask(request: WriterRequest): Promise<Result<WriterReply, Failure>> {
    try {
      starting ??= open(options);
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

interface OpenedThread extends Thread<WriterRequest, WriterReply> {
  readonly opened: Opened;
}

async function open(options: WriterOptions): Promise<OpenedThread> {
  const thread = startThread<WriterRequest, WriterReply>(workerFile, { workerData: options });
  const first = await thread.next();
  if (first.did !== "open") throw new Error(`the log's writer began with ${first.did}`);
  return { ...thread, opened: first.opened };
}
