import { cpus } from "node:os";
import { join } from "node:path";
import { askDirectly, askThrough } from "./asking.ts";
import { type BenchFederation, startBenchFederation } from "./federation.ts";
import type { Lengths } from "./lengths.ts";
import { closedLoop, type Load, openLoop, percentile } from "./load.ts";
import { freePort, startProcess } from "./processes.ts";
import { measureOthers } from "./side-by-side.ts";
import { measureSuites, signatureLimit } from "./suites.ts";
import type { Figure } from "./table.ts";

const one = ["440306"];
const four = ["440306", "440307", "441900", "441300"];
const say = (text: string) => process.stderr.write(`${text}\n`);

/** What an exchange costs over a running gateway and five agents, beside other means to the same answer. */
export async function measureExchanging(folder: string, lengths: Lengths): Promise<readonly Figure[]> {
  say("starting a gateway and five agents · 启动一个网关和五个节点");
  const federation = await startBenchFederation(folder, lengths.subjects);
  try {
    const idle = idleMemory(federation);
    const load = await fullLoad(federation, lengths);
    return [
      ...idle,
      ...atFullLoad(load),
      ...(await atAThird(federation, load.perSecond, folder, lengths)),
      ...(await fanOut(federation, lengths)),
    ];
  } finally {
    await federation.close();
  }
}

function idleMemory({ answering }: BenchFederation): readonly Figure[] {
  const resident = answering.map(({ process }) => process.resident);
  const whole = Math.max(...resident.map((each) => each.whole));
  const own = Math.max(...resident.map((each) => each.own));
  return [
    { name: "idle agent, resident memory", value: whole, unit: "MiB", aim: { under: 100 } },
    { name: "… without Node's shared program text", value: own, unit: "MiB" },
  ];
}

async function fullLoad({ asker }: BenchFederation, lengths: Lengths): Promise<Load> {
  say("signed and logged exchanges, one target · 单目标吞吐");
  const asking = askThrough(asker, one, lengths.subjects);
  await closedLoop(32, lengths.warmUpSeconds, asking.ask);
  const load = await closedLoop(32, lengths.seconds, asking.ask);
  await asking.close();
  if (load.failed > 0) throw new Error(`${load.failed} exchanges failed`);
  return load;
}

function atFullLoad(load: Load): readonly Figure[] {
  const [inUse] = measureSuites(1);
  if (inUse === undefined) throw new Error("no suite");
  const limit = signatureLimit(inUse, cpus().length);
  return [
    { name: "single-target exchanges", value: load.perSecond, unit: "/s" },
    { name: "limit set by the signatures alone", value: limit, unit: "/s" },
    { name: "exchanges over that limit", value: load.perSecond / limit, unit: "×", aim: { atLeast: 0.6 } },
    { name: "single-target p50 at full load", value: percentile(load, 0.5), unit: "ms" },
    { name: "single-target p99 at full load", value: percentile(load, 0.99), unit: "ms" },
  ];
}

async function atAThird(
  { asker, answering }: BenchFederation,
  ours: number,
  folder: string,
  lengths: Lengths,
): Promise<readonly Figure[]> {
  say("added latency at a third of full load · 三分之一负载下的附加时延");
  const [target] = answering;
  if (target === undefined) throw new Error("no target");
  const rate = ours / 3;
  const { seconds, warmUpSeconds, subjects } = lengths;
  const port = await freePort();
  const direct = { origin: `http://127.0.0.1:${port}`, store: join(target.home, "store.db"), rate };
  const source = await startProcess(
    [join(import.meta.dirname, "direct-source.ts"), direct.store, String(port)],
    `${direct.origin}/ready`,
  );
  const plain = askDirectly(direct.origin, subjects);
  const through = askThrough(asker, one, subjects);
  await closedLoop(32, warmUpSeconds, plain.ask);
  const base = await openLoop(rate, seconds, plain.ask);
  await openLoop(rate, 1, through.ask);
  const whole = await openLoop(rate, seconds, through.ask);
  await Promise.all([plain.close(), through.close()]);
  const others = await measureOthers(folder, ours, direct, lengths);
  await source.stop();
  return [...added(base, whole), ...others];
}

function added(base: Load, whole: Load): readonly Figure[] {
  const limits = [
    ["p50", 0.5, 2],
    ["p99", 0.99, 10],
  ] as const;
  return limits.flatMap(([name, p, under]) => [
    { name: `direct unsigned call, ${name}`, value: percentile(base, p), unit: "ms" },
    {
      name: `added by the whole path, ${name}`,
      value: percentile(whole, p) - percentile(base, p),
      unit: "ms",
      aim: { under },
    },
  ]);
}

async function fanOut({ asker }: BenchFederation, lengths: Lengths): Promise<readonly Figure[]> {
  say("four-way fan-out · 四路并发查询");
  const p50 = async (jurisdictions: readonly string[]) => {
    const asking = askThrough(asker, jurisdictions, lengths.subjects);
    const load = await closedLoop(1, lengths.seconds / 2, asking.ask);
    await asking.close();
    return percentile(load, 0.5);
  };
  const singles: number[] = [];
  for (const jurisdiction of four) singles.push(await p50([jurisdiction]));
  const slowest = Math.max(...singles);
  const together = await p50(four);
  return [
    { name: "slowest single node, p50", value: slowest, unit: "ms" },
    { name: "four nodes together, p50", value: together, unit: "ms" },
    { name: "four together over the slowest", value: together / slowest, unit: "×", aim: { under: 1.5 } },
  ];
}
