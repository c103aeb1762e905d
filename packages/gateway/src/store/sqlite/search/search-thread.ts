import { Worker } from "node:worker_threads";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import type { SearchIndex } from "../../../search/index.ts";
import type { IndexOptions } from "./open.ts";
import type { IndexAnswer, IndexCall, SearchReply, SearchRequest } from "./search-worker.ts";

export interface SearchOptions extends IndexOptions {
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
  /** @param take what of an answer it is */
  async function ask<T>(call: IndexCall, take: (answer: IndexAnswer) => readonly [T] | undefined) {
    const answer = await thread?.ask(call);
    const taken = answer && take(answer);
    return taken ? ok(taken[0]) : err(fault("log.search-unavailable"));
  }

  return {
    size: () => size,
    search: (query) =>
      ask({ do: "search", query }, (given) => (given.did === "search" ? [given.page] : undefined)),
    count: (request) =>
      ask({ do: "count", request }, (given) => (given.did === "count" ? [given.counted] : undefined)),
    facts: (from, floors) =>
      ask({ do: "facts", from, floors }, (given) => (given.did === "facts" ? [given.facts] : undefined)),
    watched: () => ask({ do: "watched" }, (given) => (given.did === "watched" ? [given.until] : undefined)),
    watch: (until) =>
      ask({ do: "watch", until }, (given) => (given.did === "watch" ? [undefined] : undefined)),
    isRaised: (alert) =>
      ask({ do: "is-raised", alert }, (given) => (given.did === "is-raised" ? [given.raised] : undefined)),
    alerts: (request) =>
      ask({ do: "alerts", request }, (given) => (given.did === "alerts" ? [given.alerts] : undefined)),
    lines: (entries) =>
      ask({ do: "lines", entries }, (given) => (given.did === "lines" ? [given.lines] : undefined)),
    forget: (tag) =>
      ask({ do: "forget", tag }, (given) => (given.did === "forget" ? [undefined] : undefined)),
    async close() {
      closing = true;
      clearTimeout(restarting);
      await thread?.close();
    },
  };
}

interface Thread {
  /** Nothing when it could not be asked. */
  ask(call: IndexCall): Promise<IndexAnswer | undefined>;
  close(): Promise<void>;
}

interface ThreadEvents {
  readonly onSize: (size: number) => void;
  readonly onFailure: (reason: string) => void;
  readonly onEnd: () => void;
}

async function startThread({ log, search, tagKey }: SearchOptions, events: ThreadEvents): Promise<Thread> {
  const worker = new Worker(workerFile, { workerData: { log, search, tagKey } });
  const waiting = new Map<number, (answer: IndexAnswer | undefined) => void>();
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let next = 0;
  const send = (request: SearchRequest) => worker.postMessage(request);
  const settle = (id: number, answer?: IndexAnswer) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  worker.on("message", (reply: SearchReply) => {
    if (reply.did === "open" || reply.did === "follow") events.onSize(reply.size);
    if (reply.did === "open") opened.resolve();
    if (reply.did === "answer") settle(reply.id, reply.answer);
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
    ask(call) {
      const { promise, resolve } = Promise.withResolvers<IndexAnswer | undefined>();
      next += 1;
      waiting.set(next, resolve);
      send({ do: "ask", id: next, call });
      return promise;
    },
    close() {
      send({ do: "close" });
      return ended.promise;
    },
  };
}
