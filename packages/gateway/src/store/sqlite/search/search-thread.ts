import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { startThread, type Thread, threadFile } from "@xinqiao/runtime/threads";
import type { SearchIndex } from "../../../search/index.ts";
import type { IndexOptions } from "./open.ts";
import type { IndexCall, SearchReply, SearchRequest } from "./search-worker.ts";

export interface SearchOptions extends IndexOptions {
  /** Told, for an operator, why the index does not follow. Holds nothing of an entry. */
  readonly onFailure?: (reason: string) => void;
}

export interface OpenedSearchIndex extends SearchIndex {
  close(): Promise<void>;
}

const workerFile = threadFile(import.meta.url, "search-worker");
const restartMs = 1_000;

/** Starts the index on a log that is open. One that fails is started again; neither log nor gateway waits for it. */
export async function openSearchIndex(options: SearchOptions): Promise<OpenedSearchIndex> {
  const { log, search, tagKey, onFailure = () => undefined } = options;
  let closing = false;
  let size = 0;
  let thread: Thread<SearchRequest, SearchReply> | undefined;
  let restarting: NodeJS.Timeout | undefined;

  function unasked(said: SearchReply): boolean {
    if (said.did === "open" || said.did === "follow") size = said.size;
    if (said.did === "stumble") onFailure(said.reason);
    return said.did === "follow" || said.did === "stumble";
  }

  /** Until it is open, or has failed. */
  async function start(): Promise<void> {
    const started = startThread<SearchRequest, SearchReply>(workerFile, {
      workerData: { log, search, tagKey },
      unasked,
    });
    thread = started;
    const ended = started.ended.then((reason) => {
      thread = undefined;
      if (closing) return;
      onFailure(String(reason));
      restarting = setTimeout(() => void start(), restartMs).unref();
    });
    await started.next().catch(() => ended);
  }

  await start();
  /** @param take what of an answer it is */
  async function ask<T>(call: IndexCall, take: (answer: SearchReply) => readonly [T] | undefined) {
    const answer = await thread?.ask(call).catch(() => undefined);
    if (answer?.did === "fail") onFailure(answer.reason);
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
      const last = thread;
      // One that has died meanwhile is closed, too.
      await last?.ask({ do: "close" }).catch(() => undefined);
      await last?.end();
    },
  };
}
