/** `npm run bench`: every speed figure as a ratio in one run, with the aim beside it. JSON goes to bench/results/. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { measureAppending } from "./appending.ts";
import { askDirectly, askThrough } from "./asking.ts";
import { measureChecking } from "./checking.ts";
import { measureCorrecting } from "./correcting.ts";
import { type BenchFederation, startBenchFederation } from "./federation.ts";
import { measureInitialLoad } from "./initial-load.ts";
import { closedLoop, type Load, openLoop, percentile } from "./load.ts";
import { startNginx } from "./nginx.ts";
import { freePort, type Running, startProcess } from "./processes.ts";
import { measureProving } from "./proving.ts";
import { measureRules } from "./rules.ts";
import { measureSealing } from "./sealing.ts";
import { measureSearch } from "./search.ts";
import { measureSharing } from "./sharing.ts";
import { measureSigningDaemon } from "./signing-daemon.ts";
import { againstSm2, measureSuites, signatureLimit } from "./suites.ts";
import { type Figure, figureTable } from "./table.ts";
import { startWeek } from "./week/index.ts";

const full = process.argv.includes("--full");
const seconds = full ? 30 : 6;
/** Until the compilers have seen the hot path often enough: the same for whatever is compared. */
const warmUpSeconds = full ? 30 : 10;
const subjects = 5_000;
const one = ["440306"];
const four = ["440306", "440307", "441900", "441300"];
const say = (text: string) => process.stderr.write(`${text}\n`);

const folder = mkdtempSync(join(tmpdir(), "xinqiao-bench-"));
const figures: Figure[] = [];

say("signature suites · 签名算法");
const suites = measureSuites(full ? 3 : 1);
const [inUse] = suites;
if (inUse === undefined) throw new Error("no suite");
for (const { name, signsPerSecond, verifiesPerSecond } of suites) {
  figures.push({ name: `sign, ${name}`, value: signsPerSecond, unit: "/s" });
  figures.push({ name: `verify, ${name}`, value: verifiesPerSecond, unit: "/s" });
}

figures.push(...againstSm2(suites));

say("signing through a daemon · 经签名服务签名");
figures.push(...(await measureSigningDaemon(folder, full ? 3 : 1)));

say("sealing and unsealing answers · 加密与解密应答");
figures.push(...(await measureSealing(full ? 3 : 1)));

say("deciding and believing at a city's size · 市级规模的规则与成员清单");
figures.push(...(await measureRules()));

say("searching the log's index · 检索日志索引");
figures.push(...measureSearch(folder, full ? 10_000_000 : 500_000));

say("appending to the log · 追加日志");
figures.push(...(await measureAppending(folder, full ? 10 : 3)));

say("proofs from the log · 日志证明");
figures.push(...(await measureProving(folder, full ? 10_000_000 : 500_000)));

say("checking a log from its entries · 独立校验日志");
figures.push(...(await measureChecking(folder, full ? 1_000_000 : 200_000)));

say("sharing records and corrections · 共享与更正");
figures.push(...(await measureSharing(folder, full ? 50_000 : 5_000, full ? 200 : 40)));

say("a correction to thirteen members · 更正送达十三个成员");
figures.push(...(await measureCorrecting(folder, full ? 300 : 50)));

say("a first load · 首次装载");
figures.push(...(await measureInitialLoad(folder, full ? 5_000_000 : 50_000)));

say("starting a gateway and five agents · 启动一个网关和五个节点");
const federation = await startBenchFederation(folder, subjects);
try {
  idleMemory(federation);
  const throughput = await singleTarget(federation);
  await addedLatency(federation, throughput.perSecond / 3);
  await fanOut(federation);
} finally {
  await federation.close();
  rmSync(folder, { recursive: true, force: true });
}

process.stdout.write(`${figureTable(figures)}\n`);
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryBytes: totalmem(),
  node: process.version,
};
mkdirSync(join(import.meta.dirname, "results"), { recursive: true });
const file = join(import.meta.dirname, "results", "latest.json");
writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, full, figures }, null, 2)}\n`);
say(`kept in ${file}`);

function idleMemory({ answering }: BenchFederation): void {
  const resident = answering.map(({ process }) => process.resident);
  const whole = Math.max(...resident.map((each) => each.whole));
  const own = Math.max(...resident.map((each) => each.own));
  figures.push({ name: "idle agent, resident memory", value: whole, unit: "MiB", aim: { under: 100 } });
  figures.push({ name: "… without Node's shared program text", value: own, unit: "MiB" });
}

async function singleTarget({ asker }: BenchFederation): Promise<Load> {
  say("signed and logged exchanges, one target · 单目标吞吐");
  const asking = askThrough(asker, one, subjects);
  await closedLoop(32, warmUpSeconds, asking.ask);
  const load = await closedLoop(32, seconds, asking.ask);
  await asking.close();
  if (inUse === undefined) throw new Error("no suite");
  const limit = signatureLimit(inUse, cpus().length);
  figures.push({ name: "single-target exchanges", value: load.perSecond, unit: "/s" });
  figures.push({ name: "limit set by the signatures alone", value: limit, unit: "/s" });
  figures.push({
    name: "exchanges over that limit",
    value: load.perSecond / limit,
    unit: "×",
    aim: { atLeast: 0.6 },
  });
  figures.push({ name: "single-target p50 at full load", value: percentile(load, 0.5), unit: "ms" });
  figures.push({ name: "single-target p99 at full load", value: percentile(load, 0.99), unit: "ms" });
  if (load.failed > 0) throw new Error(`${load.failed} exchanges failed`);
  return load;
}

async function addedLatency({ asker, answering }: BenchFederation, rate: number): Promise<void> {
  say("added latency at a third of full load · 三分之一负载下的附加时延");
  const [target] = answering;
  if (target === undefined) throw new Error("no target");
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const store = join(target.home, "store.db");
  const direct = await startProcess(
    [join(import.meta.dirname, "direct-source.ts"), store, String(port)],
    `${origin}/ready`,
  );
  const plain = askDirectly(origin, subjects);
  const through = askThrough(asker, one, subjects);
  await closedLoop(32, warmUpSeconds, plain.ask);
  const base = await openLoop(rate, seconds, plain.ask);
  await openLoop(rate, 1, through.ask);
  const whole = await openLoop(rate, seconds, through.ask);
  await Promise.all([plain.close(), through.close()]);
  for (const [name, p, under] of [
    ["p50", 0.5, 2],
    ["p99", 0.99, 10],
  ] as const) {
    figures.push({ name: `direct unsigned call, ${name}`, value: percentile(base, p), unit: "ms" });
    const added = percentile(whole, p) - percentile(base, p);
    figures.push({ name: `added by the whole path, ${name}`, value: added, unit: "ms", aim: { under } });
  }
  await plainChain(origin);
  await sideBySide(origin, store, rate);
  await direct.stop();
}

/** As many hops as a lookup takes, platform to agent to gateway to node, each of which only passes on. */
async function plainChain(source: string): Promise<void> {
  say("the same hops without the work · 同样跳数的直通链路");
  const relays: Running[] = [];
  let next = source;
  for (let hop = 0; hop < 2; hop += 1) {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    relays.push(
      await startProcess([join(import.meta.dirname, "relay.ts"), String(port), next], `${origin}/ready`),
    );
    next = origin;
  }
  const chain = askDirectly(next, subjects);
  await closedLoop(32, warmUpSeconds, chain.ask);
  const load = await closedLoop(32, seconds, chain.ask);
  await chain.close();
  await Promise.all(relays.map((relay) => relay.stop()));
  if (load.failed > 0) throw new Error("the plain chain failed");
  figures.push({ name: "the same hops without the work", value: load.perSecond, unit: "/s" });
  figures.push({
    name: "ours over the same hops without the work",
    value: ours() / load.perSecond,
    unit: "×",
  });
}

function ours(): number {
  return figures.find(({ name }) => name === "single-target exchanges")?.value ?? Number.NaN;
}

/** The same question to the same store by other means: throughput and latency beside ours. */
async function sideBySide(direct: string, store: string, rate: number): Promise<void> {
  say("side by side · 对照");
  const week = await startWeek(folder, store, subjects);
  await closedLoop(32, warmUpSeconds, week.ask);
  const full = await closedLoop(32, seconds, week.ask);
  const third = await openLoop(rate, seconds, week.ask);
  await week.close();
  if (full.failed > 0) throw new Error("the week's gateway failed");
  figures.push({ name: "a week's gateway, exchanges", value: full.perSecond, unit: "/s" });
  figures.push({ name: "ours over a week's gateway", value: ours() / full.perSecond, unit: "×" });
  figures.push({
    name: "a week's gateway, p99 at the same rate",
    value: percentile(third, 0.99),
    unit: "ms",
  });
  const nginx = await startNginx(folder, direct);
  if (nginx === undefined) {
    say("nginx is not installed: left out · 未安装 nginx，略去");
    return;
  }
  const proxied = askDirectly(nginx.origin, subjects);
  const load = await closedLoop(32, seconds, proxied.ask);
  await proxied.close();
  await nginx.running.stop();
  figures.push({ name: "nginx, plain proxy to the source, unsigned", value: load.perSecond, unit: "/s" });
  figures.push({ name: "ours over nginx, plain", value: ours() / load.perSecond, unit: "×" });
}

async function fanOut({ asker }: BenchFederation): Promise<void> {
  say("four-way fan-out · 四路并发查询");
  const p50 = async (jurisdictions: readonly string[]) => {
    const asking = askThrough(asker, jurisdictions, subjects);
    const load = await closedLoop(1, seconds / 2, asking.ask);
    await asking.close();
    return percentile(load, 0.5);
  };
  const singles: number[] = [];
  for (const jurisdiction of four) singles.push(await p50([jurisdiction]));
  const slowest = Math.max(...singles);
  const together = await p50(four);
  figures.push({ name: "slowest single node, p50", value: slowest, unit: "ms" });
  figures.push({ name: "four nodes together, p50", value: together, unit: "ms" });
  figures.push({
    name: "four together over the slowest",
    value: together / slowest,
    unit: "×",
    aim: { under: 1.5 },
  });
}
