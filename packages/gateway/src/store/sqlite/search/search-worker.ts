import { parentPort, workerData } from "node:worker_threads";
import type { AlertsRequest, CountsRequest, FoundLine } from "@xinqiao/protocol/audit";
import { z } from "zod";
import type { FactFloors, HourFacts } from "../../../alerts/index.ts";
import type { SubjectTag } from "../../../log/index.ts";
import type { AlertPlace, CountedLines, FoundPage, IndexQuery } from "../../../search/index.ts";
import { type IndexOptions, type OpenedSearch, openSearch } from "./open.ts";

/** What can be asked of the index, each with what it is asked by. */
export type IndexCall =
  | { readonly do: "search"; readonly query: IndexQuery }
  | { readonly do: "count"; readonly request: CountsRequest }
  | { readonly do: "facts"; readonly from: number; readonly floors: FactFloors }
  | { readonly do: "watched" }
  | { readonly do: "watch"; readonly until: number }
  | { readonly do: "is-raised"; readonly alert: string }
  | { readonly do: "alerts"; readonly request: AlertsRequest }
  | { readonly do: "lines"; readonly entries: readonly number[] }
  | { readonly do: "forget"; readonly tag: SubjectTag };

export type IndexAnswer =
  | { readonly did: "search"; readonly page: FoundPage }
  | { readonly did: "count"; readonly counted: CountedLines }
  | { readonly did: "facts"; readonly facts: HourFacts }
  | { readonly did: "watched"; readonly until: number | undefined }
  | { readonly did: "watch" }
  | { readonly did: "is-raised"; readonly raised: boolean }
  | { readonly did: "alerts"; readonly alerts: readonly AlertPlace[] }
  | { readonly did: "lines"; readonly lines: readonly FoundLine[] }
  | { readonly did: "forget" };

/** Main thread → index. */
export type SearchRequest = IndexCall | { readonly do: "close" };

/**
 * Index → main thread: that it is open, then one reply for each request, in order. In between, by itself, how far it has
 * followed, and why it does not.
 */
export type SearchReply =
  | IndexAnswer
  | { readonly did: "open" | "follow"; readonly size: number }
  | { readonly did: "fail" | "stumble"; readonly reason: string }
  | { readonly did: "close" };

/** How long it waits when the log has nothing more, and when something has failed. */
const idleMs = 100;
const failedMs = 1_000;

/** Follows the log, and searches: both take milliseconds, and neither takes them from the thread that serves. */
function main(port: NonNullable<typeof parentPort>, options: IndexOptions): void {
  const index = openSearch(options);
  const reply = (message: SearchReply) => port.postMessage(message);
  let timer: NodeJS.Timeout | undefined;

  function follow(): void {
    timer = setTimeout(follow, step(index, reply));
  }

  reply({ did: "open", size: index.size() });
  follow();
  port.on("message", (request: SearchRequest) => {
    if (request.do !== "close") {
      try {
        // What is already durable when somebody asks is found, unless the index is far behind.
        if (index.step()) reply({ did: "follow", size: index.size() });
        reply(answer(index, request));
      } catch (error) {
        reply({ did: "fail", reason: String(error) });
      }
      return;
    }
    clearTimeout(timer);
    index.close();
    reply({ did: "close" });
    port.close();
  });
}

function answer(index: OpenedSearch, call: IndexCall): IndexAnswer {
  switch (call.do) {
    case "search":
      return { did: "search", page: index.search(call.query) };
    case "count":
      return { did: "count", counted: index.count(call.request) };
    case "facts":
      return { did: "facts", facts: index.facts(call.from, call.floors) };
    case "watched":
      return { did: "watched", until: index.watched() };
    case "watch":
      index.watch(call.until);
      return { did: "watch" };
    case "is-raised":
      return { did: "is-raised", raised: index.isRaised(call.alert) };
    case "alerts":
      return { did: "alerts", alerts: index.alerts(call.request) };
    case "lines":
      return { did: "lines", lines: index.lines(call.entries) };
    case "forget":
      index.forget(call.tag);
      return { did: "forget" };
  }
}

/** @returns how long to wait before the next one */
function step(index: OpenedSearch, reply: (message: SearchReply) => void): number {
  try {
    const more = index.step();
    if (more) reply({ did: "follow", size: index.size() });
    return more ? 0 : idleMs;
  } catch (error) {
    reply({ did: "stumble", reason: String(error) });
    return failedMs;
  }
}

const optionsSchema = z.object({ log: z.string(), search: z.string(), tagKey: z.instanceof(Uint8Array) });

if (parentPort) main(parentPort, optionsSchema.parse(workerData));
