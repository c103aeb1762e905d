/**
 * `npm run bench`: every speed figure as a ratio in one run, with the aim beside it. JSON goes to bench/results/.
 * `-- --full` takes the sizes of a city and some hours; `-- --only sharing,screening` runs what is named.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureAppending } from "./appending.ts";
import { measureChecking } from "./checking.ts";
import { measureCorrecting } from "./correcting.ts";
import { measureExchanging } from "./exchanging.ts";
import { measureInitialLoad } from "./initial-load.ts";
import { measureProving } from "./proving.ts";
import { measureRules } from "./rules.ts";
import { measureSealing } from "./sealing.ts";
import { measureSearch } from "./search.ts";
import { measureSharing } from "./sharing.ts";
import { measureSigningDaemon } from "./signing-daemon.ts";
import { compareSuites } from "./suites.ts";
import { type Figure, figureTable } from "./table.ts";

interface Section {
  readonly title: string;
  /** @param folder of its own, removed afterwards */
  measure(folder: string): readonly Figure[] | Promise<readonly Figure[]>;
}

const { values: options } = parseArgs({
  options: { full: { type: "boolean", default: false }, only: { type: "string" } },
});
const { full } = options;
const say = (text: string) => process.stderr.write(`${text}\n`);

const sections: Readonly<Record<string, Section>> = {
  suites: { title: "signature suites · 签名算法", measure: () => compareSuites(full ? 3 : 1) },
  daemon: {
    title: "signing through a daemon · 经签名服务签名",
    measure: (folder) => measureSigningDaemon(folder, full ? 3 : 1),
  },
  sealing: {
    title: "sealing and unsealing answers · 加密与解密应答",
    measure: () => measureSealing(full ? 3 : 1),
  },
  rules: {
    title: "deciding and believing at a city's size · 市级规模的规则与成员清单",
    measure: measureRules,
  },
  search: {
    title: "searching the log's index · 检索日志索引",
    measure: (folder) => measureSearch(folder, full ? 10_000_000 : 500_000),
  },
  appending: {
    title: "appending to the log · 追加日志",
    measure: (folder) => measureAppending(folder, full ? 10 : 3),
  },
  proving: {
    title: "proofs from the log · 日志证明",
    measure: (folder) => measureProving(folder, full ? 10_000_000 : 500_000),
  },
  checking: {
    title: "checking a log from its entries · 独立校验日志",
    measure: (folder) => measureChecking(folder, full ? 1_000_000 : 200_000),
  },
  sharing: {
    title: "sharing records, corrections and screenings · 共享、更正与核查",
    measure: (folder) => measureSharing(folder, full ? 50_000 : 5_000, full ? 200 : 40),
  },
  correcting: {
    title: "a correction to thirteen members · 更正送达十三个成员",
    measure: (folder) => measureCorrecting(folder, full ? 300 : 50),
  },
  loading: {
    title: "a first load · 首次装载",
    measure: (folder) => measureInitialLoad(folder, full ? 5_000_000 : 50_000),
  },
  exchanging: {
    title: "exchanges over a running federation · 运行中的联邦交换",
    measure: (folder) =>
      measureExchanging(folder, {
        seconds: full ? 30 : 6,
        warmUpSeconds: full ? 30 : 10,
        subjects: 5_000,
      }),
  },
};

function chosen(only: string | undefined): readonly Section[] {
  if (only === undefined) return Object.values(sections);
  return only.split(",").map((name) => {
    const section = sections[name];
    if (section === undefined) throw new Error(`${name}: one of ${Object.keys(sections).join(", ")}`);
    return section;
  });
}

const figures: Figure[] = [];
for (const { title, measure } of chosen(options.only)) {
  say(title);
  const folder = mkdtempSync(join(tmpdir(), "xinqiao-bench-"));
  try {
    figures.push(...(await measure(folder)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.stdout.write(`${figureTable(figures)}\n`);
if (options.only === undefined) keep();

function keep(): void {
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
  };
  mkdirSync(join(import.meta.dirname, "results"), { recursive: true });
  const file = join(import.meta.dirname, "results", "latest.json");
  writeFileSync(
    file,
    `${JSON.stringify({ at: new Date().toISOString(), machine, full, figures }, null, 2)}\n`,
  );
  say(`kept in ${file}`);
}
