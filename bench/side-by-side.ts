import { join } from "node:path";
import { askDirectly } from "./asking.ts";
import type { Lengths } from "./lengths.ts";
import { closedLoop, openLoop, percentile } from "./load.ts";
import { startNginx } from "./nginx.ts";
import { freePort, type Running, startProcess } from "./processes.ts";
import type { Figure } from "./table.ts";
import { startWeek } from "./week/index.ts";

export interface Compared {
  /** The plain source over the same store. */
  readonly origin: string;
  readonly store: string;
  /** Questions a second for what is compared below full load. */
  readonly rate: number;
}

const say = (text: string) => process.stderr.write(`${text}\n`);

/**
 * The same question to the same store by other means.
 * @param ours exchanges a second
 */
export async function measureOthers(
  folder: string,
  ours: number,
  compared: Compared,
  lengths: Lengths,
): Promise<readonly Figure[]> {
  return [
    ...(await plainChain(ours, compared, lengths)),
    ...(await week(folder, ours, compared, lengths)),
    ...(await nginx(folder, ours, compared, lengths)),
  ];
}

/** As many hops as a lookup takes, platform to agent to gateway to node, each of which only passes on. */
async function plainChain(ours: number, { origin }: Compared, lengths: Lengths): Promise<readonly Figure[]> {
  say("the same hops without the work · 同样跳数的直通链路");
  const relays: Running[] = [];
  let next = origin;
  for (let hop = 0; hop < 2; hop += 1) {
    const port = await freePort();
    const relay = `http://127.0.0.1:${port}`;
    relays.push(
      await startProcess([join(import.meta.dirname, "relay.ts"), String(port), next], `${relay}/ready`),
    );
    next = relay;
  }
  const chain = askDirectly(next, lengths.subjects);
  await closedLoop(32, lengths.warmUpSeconds, chain.ask);
  const load = await closedLoop(32, lengths.seconds, chain.ask);
  await chain.close();
  await Promise.all(relays.map((relay) => relay.stop()));
  if (load.failed > 0) throw new Error("the plain chain failed");
  return [
    { name: "the same hops without the work", value: load.perSecond, unit: "/s" },
    { name: "ours over the same hops without the work", value: ours / load.perSecond, unit: "×" },
  ];
}

/** A signed gateway as somebody would write it in a week. */
async function week(
  folder: string,
  ours: number,
  { store, rate }: Compared,
  { seconds, warmUpSeconds, subjects }: Lengths,
): Promise<readonly Figure[]> {
  say("side by side · 对照");
  const other = await startWeek(folder, store, subjects);
  await closedLoop(32, warmUpSeconds, other.ask);
  const full = await closedLoop(32, seconds, other.ask);
  const third = await openLoop(rate, seconds, other.ask);
  await other.close();
  if (full.failed > 0) throw new Error("the week's gateway failed");
  return [
    { name: "a week's gateway, exchanges", value: full.perSecond, unit: "/s" },
    { name: "ours over a week's gateway", value: ours / full.perSecond, unit: "×" },
    { name: "a week's gateway, p99 at the same rate", value: percentile(third, 0.99), unit: "ms" },
  ];
}

async function nginx(
  folder: string,
  ours: number,
  { origin }: Compared,
  { seconds, subjects }: Lengths,
): Promise<readonly Figure[]> {
  const started = await startNginx(folder, origin);
  if (started === undefined) {
    say("nginx is not installed: left out · 未安装 nginx，略去");
    return [];
  }
  const proxied = askDirectly(started.origin, subjects);
  const load = await closedLoop(32, seconds, proxied.ask);
  await proxied.close();
  await started.running.stop();
  return [
    { name: "nginx, plain proxy to the source, unsigned", value: load.perSecond, unit: "/s" },
    { name: "ours over nginx, plain", value: ours / load.perSecond, unit: "×" },
  ];
}
