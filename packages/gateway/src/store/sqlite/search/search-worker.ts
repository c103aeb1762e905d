import { parentPort, workerData } from "node:worker_threads";
import type { FoundPage, IndexQuery } from "../../../search/index.ts";
import { type OpenedSearch, openSearch, type SearchPaths, searchPathsSchema } from "./open.ts";

/** Main thread → index. */
export type SearchRequest =
  | { readonly do: "search"; readonly id: number; readonly query: IndexQuery }
  | { readonly do: "close" };

/** Index → main thread. */
export type SearchReply =
  | { readonly did: "open" | "follow"; readonly size: number }
  | { readonly did: "search"; readonly id: number; readonly page: FoundPage }
  | { readonly did: "fail"; readonly id?: number; readonly reason: string }
  | { readonly did: "close" };

/** How long it waits when the log has nothing more, and when something has failed. */
const idleMs = 100;
const failedMs = 1_000;

/** Follows the log, and searches: both take milliseconds, and neither takes them from the thread that serves. */
function main(port: NonNullable<typeof parentPort>, paths: SearchPaths): void {
  const index = openSearch(paths);
  const reply = (message: SearchReply) => port.postMessage(message);
  let timer: NodeJS.Timeout | undefined;

  function follow(): void {
    timer = setTimeout(follow, step(index, reply));
  }

  reply({ did: "open", size: index.size() });
  follow();
  port.on("message", (request: SearchRequest) => {
    if (request.do === "search") {
      const { id, query } = request;
      try {
        // What is already durable when somebody asks is found, unless the index is far behind.
        index.step();
        reply({ did: "search", id, page: index.search(query) });
      } catch (error) {
        reply({ did: "fail", id, reason: String(error) });
      }
      return;
    }
    clearTimeout(timer);
    index.close();
    reply({ did: "close" });
    port.close();
  });
}

/** @returns how long to wait before the next one */
function step(index: OpenedSearch, reply: (message: SearchReply) => void): number {
  try {
    if (index.step() === 0) return idleMs;
    reply({ did: "follow", size: index.size() });
    return 0;
  } catch (error) {
    reply({ did: "fail", reason: String(error) });
    return failedMs;
  }
}

if (parentPort) main(parentPort, searchPathsSchema.parse(workerData));
