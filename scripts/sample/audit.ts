import { join } from "node:path";
import type { OpenedExchange } from "@xinqiao/protocol/exchange";
import type { Federation } from "./federation.ts";

type Say = (text: string) => void;

/** An auditor looks for a lookup, has it proved, and checks the proof and the whole log without asking anybody. */
export async function demonstrateAudit(
  { auditor, gateway }: Pick<Federation, "auditor" | "gateway">,
  { exchange }: Pick<OpenedExchange, "exchange">,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  say(`\n■ 审计员 ${auditor.node} 检索日志 · the auditor searches the log`);
  say(await auditor.run(["log", "search", "--member", "sz-baoan", "--limit", "5"], signal));

  const bundle = join(auditor.home, `${exchange}.json`);
  const key = (await gateway.run(["log", "key"], signal)).trim();
  say(`\n■ 取得该次查询的证明并离线校验 · that lookup is proved, and the proof checked offline`);
  say(
    "  审计员不读记录：请求、应答与回复原文标为缺失，属正常 · an auditor reads no records: requests, answers and responses are missing, as they should be",
  );
  await auditor.run(["log", "prove", exchange, "--out", bundle], signal);
  say(await auditor.check(["log", "verify", bundle, "--origin-key", key], signal));

  say("\n■ 独立校验整个日志 · the whole log is checked from its entries up");
  say(await auditor.check(["log", "fsck", gateway.origin, "--origin-key", key], signal));
}
