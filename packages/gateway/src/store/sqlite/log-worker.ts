import { parentPort, workerData } from "node:worker_threads";
import { err, type Result } from "@xinqiao/protocol/result";
import { z } from "zod";
import { type KeptCheckpoint, subjectTags } from "../../log/index.ts";
import { lockLog, openDatabase } from "./database.ts";
import { attempt, type Failure } from "./failure.ts";
import { createLogWriter, type LogWriter } from "./log-writer.ts";
import { sealOpenings } from "./seal-openings.ts";
import type { Committed, Late, OpenIntent, Removal, Removed, Staged } from "./staged.ts";

export interface WriterOptions {
  readonly path: string;
  readonly tagKey: Uint8Array;
}

/** Main thread → writer. */
export type WriterRequest =
  /** JSON of `Batch`: one string is cheaper to hand over than a structure to clone. */
  | { readonly do: "write"; readonly batch: string }
  | { readonly do: "keep-checkpoint"; readonly checkpoint: KeptCheckpoint }
  | { readonly do: "remove"; readonly removal: Removal }
  | { readonly do: "let-go"; readonly from: number; readonly to: number }
  | { readonly do: "probe"; readonly at: number }
  | { readonly do: "close" };

/** What goes into one commit. */
export interface Batch {
  readonly staged: readonly Staged[];
  readonly late: readonly Late[];
}

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
  | { readonly did: "remove"; readonly result: Result<Removed, Failure> }
  | { readonly did: "let-go"; readonly result: Result<void, Failure> }
  | { readonly did: "probe"; readonly result: Result<void, Failure> }
  | { readonly did: "close" };

/** How often it is tried to empty the journal of what was removed, while readers hold it. */
const tidyEveryMs = 1_000;

/** One that cannot be kept is not shown, and that is all while the log itself is whole: appends go on. */
function keepCheckpoint(writer: LogWriter, checkpoint: KeptCheckpoint): Result<void, Failure> {
  try {
    return attempt(() => writer.keepCheckpoint(checkpoint));
  } catch (error) {
    return err({ code: "log.unavailable", reason: String(error) });
  }
}

/** Fsync blocks a thread for milliseconds: it blocks this one, never the one that serves requests. */
function main(port: NonNullable<typeof parentPort>, { path, tagKey }: WriterOptions): void {
  const lock = lockLog(path);
  const database = openDatabase(path);
  sealOpenings(database, subjectTags(tagKey));
  const writer = createLogWriter(database);
  const tidy = () => void attempt(writer.tidy);
  tidy();
  const timer = setInterval(tidy, tidyEveryMs);
  const reply = (message: WriterReply) => port.postMessage(message);
  reply({ did: "open", opened: { ...writer.head(), interrupted: writer.openIntents() } });
  port.on("message", (request: WriterRequest) => {
    if (request.do === "write") {
      const { staged, late }: Batch = JSON.parse(request.batch);
      reply({ did: "write", result: attempt(() => writer.write(staged, late)) });
    } else if (request.do === "remove") {
      const result = attempt(() => writer.remove(request.removal));
      tidy();
      reply({ did: request.do, result });
    } else if (request.do === "keep-checkpoint") {
      reply({ did: request.do, result: keepCheckpoint(writer, request.checkpoint) });
    } else if (request.do === "let-go") {
      reply({ did: request.do, result: attempt(() => writer.letGo(request.from, request.to)) });
    } else if (request.do === "probe") {
      reply({ did: "probe", result: attempt(() => writer.probe(request.at)) });
    } else {
      clearInterval(timer);
      database.close();
      lock.close();
      reply({ did: "close" });
      port.close();
    }
  });
}

const optionsSchema = z.object({ path: z.string(), tagKey: z.instanceof(Uint8Array) });

if (parentPort) main(parentPort, optionsSchema.parse(workerData));
