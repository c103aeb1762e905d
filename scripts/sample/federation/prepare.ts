import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { recordTotal, type SampleNode, sampleNodes } from "../data/index.ts";
import { obituary, startChild } from "../processes/index.ts";
import { SampleError } from "../sample-error.ts";
import type { Progress } from "../terminal/index.ts";
import type { Addresses } from "./addresses.ts";
import { type Intake, takeIn } from "./intake.ts";
import { type Layout, platforms } from "./layout.ts";
import { type Ledger, type Manifest, openLedger } from "./manifest.ts";
import { createMembers } from "./members.ts";
import { preparePeerCity } from "./peer-city.ts";

export interface Preparation {
  readonly layout: Layout;
  readonly addresses: Addresses;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
  /** Whether there is a second city. */
  readonly peer: boolean;
}

/** Jobs at once: as many as the smallest machine this is meant for has processors. */
const workers = 2;

/**
 * Makes what the manifest does not list as done, and lists it when it is whole: a start that was broken
 * off is taken up where it stopped. Returns what became of the imported files, when this start imported.
 */
export async function prepare(manifest: Manifest, preparation: Preparation): Promise<readonly Intake[]> {
  const { layout, addresses, progress, signal, peer } = preparation;
  const ledger = openLedger(layout, manifest);
  await mkdir(join(layout.data, "logs"), { recursive: true });
  if (ledger.misses("members")) {
    const step = progress.begin("成员、密钥与登记 members, keys and registry");
    await createMembers(layout, addresses, signal);
    // An agent's store lies in its home: what had been imported went with it.
    await ledger.finish("members", "import");
    step.end();
  }
  if (peer && ledger.misses("peer")) {
    const step = progress.begin("东莞市网关及其成员 Dongguan's own gateway and its member");
    await preparePeerCity(layout, addresses, signal);
    await ledger.finish("peer");
    step.end();
  }
  let intakes: readonly Intake[] = [];
  await inTurn(sampleNodes, async (node) => {
    await makePlatform(node, ledger, manifest.subjects, preparation);
    if (node.node === "sz-baoan") intakes = await importFiles(ledger, preparation);
  });
  return intakes;
}

/** Works through the list with so many workers; when one fails the others end what they have begun. */
async function inTurn<T>(list: readonly T[], work: (entry: T) => Promise<void>): Promise<void> {
  const queue = [...list];
  const worker = async () => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      await work(entry).catch((error: unknown) => {
        queue.length = 0;
        throw error;
      });
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: workers }, worker));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

const kinds: Readonly<Record<SampleNode["node"], string>> = {
  "sz-baoan": "数据文件 files",
  "sz-longgang": "平台 SQLite 库 SQLite database",
  dg: "平台 PostgreSQL 库 PostgreSQL database",
  hz: "平台 HTTP 接口 HTTP interface",
};

async function makePlatform(
  { node, name }: SampleNode,
  ledger: Ledger,
  subjects: number,
  { layout, progress, signal }: Preparation,
): Promise<void> {
  if (!ledger.misses(node)) return;
  signal?.throwIfAborted();
  const total = recordTotal(subjects);
  const step = progress.begin(`${name.zh} ${name.en}: ${kinds[node]}`);
  const child = startChild({
    name: `${node}-build`,
    script: platforms.build,
    args: [node, layout.platform(node), String(subjects)],
    log: layout.log(`${node}-build`),
    onMessage: (done) => step.at(Number(done), total),
  });
  const onAbort = () => void child.stop();
  signal?.addEventListener("abort", onAbort, { once: true });
  const code = await child.exited;
  signal?.removeEventListener("abort", onAbort);
  signal?.throwIfAborted();
  if (code !== 0) throw new SampleError(await obituary(child, `ended with ${code} · 生成数据失败`));
  await ledger.finish(node);
  step.end(`${total.toLocaleString("en")} 条 records`);
}

async function importFiles(ledger: Ledger, { layout, progress, signal }: Preparation): Promise<Intake[]> {
  if (!ledger.misses("import")) return [];
  const step = progress.begin("宝安区导入文件 Bao'an imports its files");
  const intakes = await takeIn(layout, step.at, signal);
  await ledger.finish("import");
  const accepted = intakes.reduce((sum, intake) => sum + intake.accepted, 0);
  step.end(`${accepted.toLocaleString("en")} 条 records`);
  return intakes;
}
