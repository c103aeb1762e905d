import type { OpenedExchange } from "@xinqiao/protocol/exchange";
import type { Federation } from "./federation.ts";
import { until } from "./until.ts";

/** Waits until members have cosigned the log with this exchange in it, and says who did. */
export async function witnessed(
  { gateway }: Pick<Federation, "gateway">,
  { log }: Pick<OpenedExchange, "log">,
  signal: AbortSignal,
): Promise<string> {
  const cosigned = async () => {
    const { newest } = await gateway.witnesses();
    return newest !== undefined && newest.size > log.outcome ? newest : undefined;
  };
  const late = "no members cosigned the log in time · 日志未获成员见证";
  const newest = await until(cosigned, late, signal);
  const members = newest.members.join(", ");
  return `■ 日志 ${log.origin} 的前 ${newest.size} 条已由 ${members} 见证签署 · the log's first ${newest.size} entries are cosigned by ${members}`;
}
