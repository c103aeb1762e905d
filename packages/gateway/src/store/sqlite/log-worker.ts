import { parentPort, workerData } from "node:worker_threads";
import type { Result } from "@xinqiao/protocol/result";
import { z } from "zod";
import type { KeptCheckpoint } from "../../log/index.ts";
import { lockLog, openDatabase } from "./database.ts";
import { attempt, type Failure } from "./failure.ts";
import { createLogWriter } from "./log-writer.ts";
import type { Committed, OpenIntent } from "./staged.ts";

/** Main thread → writer. */
export type WriterRequest =
  /** JSON of `Staged[]`: one string is cheaper to hand over than a structure to clone. */
  | { readonly do: "write"; readonly batch: string }
  | { readonly do: "keep-checkpoint"; readonly checkpoint: KeptCheckpoint }
  | { readonly do: "probe"; readonly at: number }
  | { readonly do: "close" };

/** What the writer found when it opened the log. */
export interface Opened {
  readonly size: number;
  readonly root: string;
  readonly interrupted: readonly OpenIntent[];
}

/** Writer → main thread: that it is open, then one reply for each request, in order. */
export type WriterReply =
  | { readonly did: "open"; readonly opened: Opened }
  | { readonly did: "write"; readonly result: Result<Committed, Failure> }
  | { readonly did: "keep-checkpoint"; readonly result: Result<void, Failure> }
  | { readonly did: "probe"; readonly result: Result<void, Failure> }
  | { readonly did: "close" };

/** Fsync blocks a thread for milliseconds: it blocks this one, never the one that serves requests. */
function main(port: NonNullable<typeof parentPort>, path: string): void {
  const lock = lockLog(path);
  const database = openDatabase(path);
  const writer = createLogWriter(database);
  const reply = (message: WriterReply) => port.postMessage(message);
  reply({ did: "open", opened: { ...writer.head(), interrupted: writer.openIntents() } });
  port.on("message", (request: WriterRequest) => {
    if (request.do === "write") {
      reply({ did: "write", result: attempt(() => writer.write(JSON.parse(request.batch))) });
    } else if (request.do === "keep-checkpoint") {
      reply({ did: request.do, result: attempt(() => writer.keepCheckpoint(request.checkpoint)) });
    } else if (request.do === "probe") {
      reply({ did: "probe", result: attempt(() => writer.probe(request.at)) });
    } else {
      database.close();
      lock.close();
      reply({ did: "close" });
      port.close();
    }
  });
}

if (parentPort) main(parentPort, z.object({ path: z.string() }).parse(workerData).path);
