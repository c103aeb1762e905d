import { parentPort, workerData } from "node:worker_threads";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction } from "@xinqiao/protocol/identity";
import { codeOf } from "@xinqiao/runtime/files";
import { openStore } from "../store/index.ts";
import { type Answered, answerFile } from "./answer-file.ts";
import type { TakenFile } from "./taken-files.ts";

/** What the thread is started with. */
export interface Task {
  readonly store: string;
  readonly catalogue: Pick<Catalogue, "items" | "version">;
  readonly jurisdiction: Jurisdiction;
  readonly exceptions: ReadonlySet<string>;
}

/** Agent → thread. `stop`: the batch under way is finished, nothing else is begun. */
export type Request = Question | "stop";

interface Question {
  readonly file: Required<TakenFile>;
  /** The agent's clock, which goes on from there: milliseconds since 1970. */
  readonly at: number;
}

/** Thread → agent, one a file and in their order. An error does not keep its code on the way. */
export type Reply =
  | { readonly answered: Answered }
  | { readonly failed: unknown; readonly reason: string | undefined };

function main(port: NonNullable<typeof parentPort>, { store: path, ...task }: Task): void {
  const stopping = new AbortController();
  const store = openStore(path);
  let before: Promise<void> = Promise.resolve();

  async function answer({ file: { folder, name }, at }: Question): Promise<void> {
    const begun = performance.now();
    const now = () => at + performance.now() - begun;
    const deps = { ...task, store, now, signal: stopping.signal };
    const reply = await answerFile(folder, name, deps).then(
      (answered): Reply => ({ answered }),
      (failed: unknown): Reply => ({ failed, reason: reasonOf(failed) }),
    );
    port.postMessage(reply);
  }

  function close(): void {
    store.close();
    port.close();
  }

  port.on("message", (request: Request) => {
    if (request === "stop") stopping.abort();
    before = before.then(() => (request === "stop" ? close() : answer(request)));
  });
}

function reasonOf(error: unknown): string | undefined {
  const code = codeOf(error);
  return typeof code === "string" ? code : undefined;
}

if (parentPort && workerData?.handover) main(parentPort, workerData.handover);
