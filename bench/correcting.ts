import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "@xinqiao/node-agent";
import Database from "better-sqlite3";
import { type BenchFederation, startBenchFederation } from "./federation.ts";
import { quantile } from "./quantile.ts";
import type { Figure } from "./table.ts";

const source = "sz-baoan";
const places = [
  "luohu",
  "futian",
  "nanshan",
  "yantian",
  "longgang",
  "longhua",
  "pingshan",
  "guangming",
  "dapeng",
  "shenshan",
];
const subscribers = [...places.map((place) => `sz-${place}`), "dg", "hz", "sw"];

/** How long a correction takes until thirteen members, all connected, have applied and receipted it. */
export async function measureCorrecting(folder: string, corrections: number): Promise<readonly Figure[]> {
  const place = join(folder, "correcting");
  mkdirSync(place, { recursive: true });
  const hears = { subscribe: {} };
  const federation = await startBenchFederation(place, corrections, {
    members: [
      { node: source, jurisdiction: "440306" },
      ...subscribers.map((node) => ({ node, jurisdiction: undefined })),
    ],
    sharing: {
      [source]: { publish: true },
      ...Object.fromEntries(subscribers.map((node) => [node, hears])),
    },
  });
  const hub = new Database(join(federation.city, "sharing.db"), { readonly: true });
  try {
    const receipted = hub.prepare<[number], number>("SELECT count(*) FROM receipt WHERE up_to >= ?").pluck();
    while ((receipted.get(corrections * 2) ?? 0) < subscribers.length) await sleep(20);
    const latencies = await correctOneByOne(federation, source, hub, corrections);
    return correctionFigures(latencies, "thirteen receipts");
  } finally {
    hub.close();
    await federation.close();
    rmSync(place, { recursive: true, force: true });
  }
}

export function correctionFigures(latencies: readonly number[], until: string): readonly Figure[] {
  const name = `correction, from its source to ${until}`;
  const at = (share: number) => quantile(latencies, share) ?? Number.NaN;
  return [
    { name: `${name}, p50`, value: at(0.5), unit: "ms" },
    { name: `${name}, p99`, value: at(0.99), unit: "ms", aim: { under: 1_000 } },
  ];
}

/** One after the other, each until the city has everyone's receipt and has said so. */
export async function correctOneByOne(
  { asker, answering }: BenchFederation,
  source: string,
  hub: Database.Database,
  count: number,
): Promise<readonly number[]> {
  const home = [asker, ...answering].find(({ node }) => node === source)?.home ?? "";
  const store = openStore(join(home, "store.db"));
  const records = new Database(join(home, "store.db"), { readonly: true });
  const ids = records.prepare<[number], string>("SELECT id FROM record LIMIT ?").pluck().all(count);
  records.close();
  const completed = hub
    .prepare<[], number>("SELECT count(*) FROM correction WHERE completed_at IS NOT NULL")
    .pluck();
  const latencies: number[] = [];
  for (const [at, id] of ids.entries()) {
    const begun = performance.now();
    store.own.correct(id, { state: "annotated", annotation: "异议处理中" }, new Date().toISOString());
    while ((completed.get() ?? 0) <= at) await sleep(1);
    latencies.push(performance.now() - begun);
  }
  store.close();
  return latencies.sort((a, b) => a - b);
}
