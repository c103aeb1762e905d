import { Worker } from "node:worker_threads";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import type { FoundPage, SearchIndex } from "../../../search/index.ts";
import type { SearchPaths } from "./open.ts";
import type { SearchReply, SearchRequest } from "./search-worker.ts";

export interface SearchOptions extends SearchPaths {
  /** Told, for an operator, why the index does not follow. Holds nothing of an entry. */
  readonly onFailure?: (reason: string) => void;
}

export interface OpenedSearchIndex extends SearchIndex {
  close(): Promise<void>;
}

/** Source runs as TypeScript, a package as JavaScript. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "./search-worker.ts" : "./search-worker.js",
  import.meta.url,
);

const restartMs = 1_000;

/** Starts the index on a log that is open. One that fails is started again; neither log nor gateway waits for it. */
export async function openSearchIndex(options: SearchOptions): Promise<OpenedSearchIndex> {
  const { onFailure = () => undefined } = options;
  let closing = false;
  let size = 0;
  let thread: Thread | undefined;
  let restarting: NodeJS.Timeout | undefined;

  async function start(): Promise<void> {
    thread = await startThread(options, {
      onSize: (known) => {
        size = known;
      },
      onFailure,
      onEnd() {
        thread = undefined;
        if (!closing) restarting = setTimeout(() => void start().catch(report), restartMs).unref();
      },
    });
  }
  const report = (error: unknown) => onFailure(String(error));

  await start().catch(report);
  return {
    size: () => size,
    async search(query) {
      const page = await thread?.search(query);
      return page ? ok(page) : err(fault("log.search-unavailable"));
    },
    async close() {
      closing = true;
      clearTimeout(restarting);
      await thread?.close();
    },
  };
}

interface Thread {
  /** Nothing when it could not be searched. */
  search(query: Parameters<SearchIndex["search"]>[0]): Promise<FoundPage | undefined>;
  close(): Promise<void>;
}

interface ThreadEvents {
  readonly onSize: (size: number) => void;
  readonly onFailure: (reason: string) => void;
  readonly onEnd: () => void;
}

async function startThread({ log, search }: SearchOptions, events: ThreadEvents): Promise<Thread> {
  const worker = new Worker(workerFile, { workerData: { log, search } });
  const waiting = new Map<number, (page: FoundPage | undefined) => void>();
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let next = 0;
  const ask = (request: SearchRequest) => worker.postMessage(request);
  const settle = (id: number, page?: FoundPage) => {
    waiting.get(id)?.(page);
    waiting.delete(id);
  };
  worker.on("message", (reply: SearchReply) => {
    if (reply.did === "open" || reply.did === "follow") events.onSize(reply.size);
    if (reply.did === "open") opened.resolve();
    if (reply.did === "search") settle(reply.id, reply.page);
    if (reply.did === "fail") {
      events.onFailure(reply.reason);
      if (reply.id !== undefined) settle(reply.id);
    }
  });
  worker.on("error", (error: Error) => {
    events.onFailure(String(error));
  });
  worker.on("exit", () => {
    opened.reject(new Error("the search index has ended"));
    for (const id of waiting.keys()) settle(id);
    events.onEnd();
    ended.resolve();
  });
  await opened.promise;
  return {
    search(query) {
      const { promise, resolve } = Promise.withResolvers<FoundPage | undefined>();
      next += 1;
      waiting.set(next, resolve);
      ask({ do: "search", id: next, query });
      return promise;
    },
    close() {
      ask({ do: "close" });
      return ended.promise;
    },
  };
}
