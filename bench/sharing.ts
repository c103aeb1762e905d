import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { correctionFigures, correctOneByOne } from "./correcting.ts";
import { type BenchFederation, startBenchFederation } from "./federation.ts";
import { benchUscc } from "./penalties.ts";
import { quantile } from "./quantile.ts";
import type { Figure } from "./table.ts";

const source = "sz-baoan";
const subscribers = ["sz-longgang", "dg", "hz"] as const;

/** How fast records and corrections reach three subscribers, each receipted, beside what the store alone takes. */
export async function measureSharing(
  folder: string,
  subjects: number,
  corrections: number,
): Promise<readonly Figure[]> {
  const place = join(folder, "sharing");
  mkdirSync(place, { recursive: true });
  const hears = { subscribe: {} };
  const begun = performance.now();
  const federation = await startBenchFederation(place, subjects, {
    sharing: {
      [source]: { publish: true },
      ...Object.fromEntries(subscribers.map((node) => [node, hears])),
    },
  });
  const hub = new Database(join(federation.city, "sharing.db"), { readonly: true });
  try {
    const records = subjects * 2;
    const ready = performance.now();
    await untilReceipted(hub, records);
    const took = performance.now() - ready;
    const perSecond = (records * 1_000) / took;
    const raw = insertsPerSecond(join(place, "raw.db"), federation, records);
    const screening = await screenMany(federation, hub, subjects);
    const latencies = await correctOneByOne(federation, source, hub, corrections);
    return [
      ...screening,
      { name: "records told, applied and receipted at three subscribers", value: perSecond, unit: "/s" },
      { name: "… the same rows inserted by SQLite alone", value: raw, unit: "/s" },
      { name: "… ours over that", value: perSecond / raw, unit: "×", aim: { atLeast: 0.3 } },
      ...correctionFigures(latencies, "three receipts"),
    ];
  } finally {
    hub.close();
    await federation.close();
    rmSync(place, { recursive: true, force: true });
    process.stderr.write(`  ${((performance.now() - begun) / 1_000).toFixed(0)} s\n`);
  }
}

const screened = 10_000;

/** One request of ten thousand subjects, a tenth of them listed, beside the same look-ups in the same file. */
async function screenMany(
  { answering }: BenchFederation,
  hub: Database.Database,
  listed: number,
): Promise<readonly Figure[]> {
  const asker = answering.find(({ node }) => node === subscribers[0]);
  if (asker === undefined) throw new Error("nobody asks");
  const stride = Math.max(1, Math.floor((listed * 10) / screened));
  const ids = Array.from({ length: screened }, (_, at) =>
    benchUscc(at % 10 === 0 ? (at / 10) * stride : 50_000_000 + at),
  );
  const subjects = ids.map((id) => ({ kind: "enterprise", scheme: "uscc", id }));
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const begun = performance.now();
    const reply = await fetch(`${asker.local}/v1/screenings`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${asker.token}` },
      body: JSON.stringify({ purpose: "bid-review", items: ["penalty"], subjects }),
    });
    if (reply.status !== 200) throw new Error(`screening: ${reply.status} ${await reply.text()}`);
    await reply.text();
    times.push(performance.now() - begun);
  }
  const find = hub.prepare<[string], unknown>(
    `SELECT held.source, line FROM held JOIN change USING (position, seq)
     WHERE held.scheme = 'uscc' AND held.subject = ? AND held.item IN ('penalty')`,
  );
  const begun = performance.now();
  for (const id of ids) find.all(id);
  const raw = (screened * 1_000) / (performance.now() - begun);
  const tookMs =
    quantile(
      times.toSorted((a, b) => a - b),
      0.5,
    ) ?? Number.NaN;
  const ours = (screened * 1_000) / tookMs;
  return [
    {
      name: "screening of 10,000 subjects, a tenth of them listed",
      value: tookMs,
      unit: "ms",
      aim: { under: 1_000 },
    },
    {
      name: "… subjects a second over the same look-ups alone",
      value: ours / raw,
      unit: "×",
      aim: { atLeast: 0.5 },
    },
  ];
}

/** Until every subscriber's receipt covers as many changes. */
async function untilReceipted(hub: Database.Database, changes: number): Promise<void> {
  const receipted = hub
    .prepare<[string, number], number>("SELECT count(*) FROM receipt WHERE source = ? AND up_to >= ?")
    .pluck();
  while ((receipted.get(source, changes) ?? 0) < subscribers.length) await sleep(2);
}

/** The rows of the source's own store, put into another of the same shape in transactions as large as a page. */
function insertsPerSecond(path: string, { answering }: BenchFederation, count: number): number {
  const home = answering.find(({ node }) => node === source)?.home ?? "";
  const from = new Database(join(home, "store.db"), { readonly: true });
  const sql =
    from.prepare<[], string>("SELECT sql FROM sqlite_master WHERE name = 'record'").pluck().get() ?? "";
  const rows = from.prepare<[number], unknown[]>("SELECT * FROM record LIMIT ?").raw().all(count);
  from.close();
  const into = new Database(path);
  into.pragma("journal_mode = WAL");
  into.pragma("synchronous = NORMAL");
  into.exec(sql);
  into.exec("CREATE INDEX record_by_subject ON record (scheme, subject, item)");
  const insert = into.prepare(`INSERT INTO record VALUES (${(rows[0] ?? []).map(() => "?").join(", ")})`);
  const page = into.transaction((some: unknown[][]) => {
    for (const row of some) insert.run(...row);
  });
  const begun = performance.now();
  for (let at = 0; at < rows.length; at += 500) page(rows.slice(at, at + 500));
  const perSecond = (rows.length * 1_000) / (performance.now() - begun);
  into.close();
  return perSecond;
}
