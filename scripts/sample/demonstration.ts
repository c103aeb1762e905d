import type { OpenedExchange } from "@xinqiao/protocol/exchange";
import type { Federation } from "./federation.ts";
import { demonstrationLookup } from "./lookups.ts";
import { SampleError } from "./sample-error.ts";
import { exchangeTable } from "./terminal/index.ts";
import { longestWaitMs, until } from "./until.ts";

type Say = (text: string) => void;

const lost = "hz";
const mostLookups = 20;

/** One member goes away and comes back: what the others see meanwhile, and how the gateway finds out. */
export async function demonstrateBreaker(
  federation: Federation,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const ask = () => federation.agent("sz-baoan").lookUp(demonstrationLookup);
  const member = federation.agent(lost);
  say(`\n■ 停止节点 ${lost} ${member.name.zh} · stopping ${lost} ${member.name.en}`);
  await member.stop();
  await askUntilOpen(federation, ask, say, signal);
  say(
    "\n■ 熔断已打开：不再等待该节点，其余结果照常 · the breaker is open: nobody waits for that node, the others answer",
  );
  say(exchangeTable(await ask()));

  say(`\n■ 节点 ${lost} 恢复 · ${lost} returns`);
  await member.start();
  await untilState(federation, "half-open", signal);
  say("  熔断半开：下一次查询为探测 · the breaker is half-open: the next lookup is its probe");
  // A probe that is slower than the others' answers holds nobody up: then its row comes with the next lookup.
  const probe = (await ask()).results.find(({ node }) => node === lost);
  say(`  探测 probe: ${probe?.status} ${probe?.code ?? ""}`);
  await untilState(federation, "closed", signal);
  say("■ 探测成功，熔断关闭 · the probe succeeded, the breaker is closed");
  say(exchangeTable(await ask()));
}

async function askUntilOpen(
  federation: Federation,
  ask: () => Promise<OpenedExchange>,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  for (let asked = 1; asked <= mostLookups; asked += 1) {
    signal.throwIfAborted();
    const { results } = await ask();
    const row = results.find(({ node }) => node === lost);
    const state = await stateOf(federation);
    say(`  第 ${asked} 次查询 lookup ${asked}: ${row?.status} ${row?.code ?? ""} · 熔断 breaker: ${state}`);
    if (state === "open") return;
  }
  throw new SampleError(`the breaker did not open in ${mostLookups} lookups · 熔断未打开`);
}

async function untilState(federation: Federation, wanted: string, signal: AbortSignal): Promise<void> {
  const reached = async () => ((await stateOf(federation)) === wanted ? wanted : undefined);
  const late = `the breaker was not ${wanted} after ${longestWaitMs / 1_000} s · 熔断状态异常`;
  await until(reached, late, signal);
}

async function stateOf({ gateway }: Federation): Promise<string> {
  return (await gateway.targets()).find(({ node }) => node === lost)?.state ?? "closed";
}
