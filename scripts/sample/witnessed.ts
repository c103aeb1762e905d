import { setTimeout as delay } from "node:timers/promises";
import type { OpenedExchange } from "@xinqiao/protocol/exchange";
import type { Federation } from "./federation.ts";
import { SampleError } from "./sample-error.ts";

const longestWaitMs = 30_000;
const pauseMs = 100;

/** Waits until members have cosigned the log with this exchange in it, and says who did. */
export async function witnessed(
  { gateway }: Pick<Federation, "gateway">,
  { log }: Pick<OpenedExchange, "log">,
  signal: AbortSignal,
): Promise<string> {
  for (let waited = 0; waited < longestWaitMs; waited += pauseMs) {
    const { newest } = await gateway.witnesses();
    if (newest !== undefined && newest.size > log.outcome) {
      const members = newest.members.join(", ");
      return `■ 日志 ${log.origin} 的前 ${newest.size} 条已由 ${members} 见证签署 · the log's first ${newest.size} entries are cosigned by ${members}`;
    }
    await delay(pauseMs, undefined, { signal });
  }
  throw new SampleError("no members cosigned the log in time · 日志未获成员见证");
}
