import { parentPort, workerData } from "node:worker_threads";
import { SqliteError } from "better-sqlite3";
import { z } from "zod";
import type { AppendError } from "../../log/index.ts";
import { openDatabase } from "./database.ts";
import { createLogWriter } from "./log-writer.ts";
import type { BatchResult, Staged } from "./staged.ts";

/** Main thread → writer. */
export type WriterRequest =
  /** JSON of `Staged[]`: one string is cheaper to hand over than a structure to clone. */
  | { readonly do: "write"; readonly batch: string }
  | { readonly do: "probe"; readonly at: number }
  | { readonly do: "close" };

/** Writer → main thread, one for each request, in order. */
export type WriterReply =
  | {
      readonly did: "open";
      readonly size: number;
      readonly root: string;
      readonly interrupted: readonly OpenIntent[];
    }
  | { readonly did: "write"; readonly result: BatchResult }
  | { readonly did: "probe"; readonly code: AppendError["code"] | undefined }
  | { readonly did: "close" };

/** An intent the last run left without an outcome. */
export interface OpenIntent {
  readonly entry: number;
  readonly exchange: string | null;
  readonly actor: string | null;
}

/** Fsync blocks a thread for milliseconds: it blocks this one, never the one that serves requests. */
function main(port: NonNullable<typeof parentPort>, path: string): void {
  const database = openDatabase(path);
  const writer = createLogWriter(database);
  const interrupted = database
    .prepare<[], OpenIntent>("SELECT entry, exchange, actor FROM open_intent")
    .all();
  const reply = (message: WriterReply) => port.postMessage(message);
  reply({ did: "open", ...writer.head(), interrupted });
  port.on("message", (request: WriterRequest) => {
    if (request.do === "write") reply({ did: "write", result: write(JSON.parse(request.batch)) });
    else if (request.do === "probe") reply({ did: "probe", code: failureOf(() => writer.probe(request.at)) });
    else {
      database.close();
      reply({ did: "close" });
      port.close();
    }
  });

  function write(batch: readonly Staged[]): BatchResult {
    let result: BatchResult = { ok: false, code: "log.unavailable" };
    const code = failureOf(() => {
      result = { ok: true, ...writer.write(batch) };
    });
    return code === undefined ? result : { ok: false, code };
  }
}

/** Runs a write; SQLite's refusal becomes a code, anything else is a bug and ends the worker. */
function failureOf(work: () => void): AppendError["code"] | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof SqliteError) return error.code === "SQLITE_FULL" ? "log.full" : "log.unavailable";
    throw error;
  }
}

if (parentPort) main(parentPort, z.object({ path: z.string() }).parse(workerData).path);
