import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction } from "@xinqiao/protocol/identity";
import { CommandError } from "@xinqiao/runtime/cli";
import { loadCatalogue, loadConfig } from "../config/index.ts";
import {
  describeImportFault,
  describeReason,
  type ImportReport,
  importFile,
  writeQuarantineReport,
} from "../intake/index.ts";
import { type AgentStore, openStore } from "../store/index.ts";

export interface ImportOptions {
  readonly home: string;
  readonly item?: string;
  readonly json?: boolean;
}

interface Importing {
  readonly home: string;
  readonly item: string | undefined;
  readonly store: AgentStore;
  readonly catalogue: Catalogue;
  readonly jurisdiction: Jurisdiction;
}

/** Takes files in one after another. A file that cannot be taken in at all ends the command and says why. */
export async function importFiles(files: readonly string[], options: ImportOptions): Promise<string> {
  const config = await loadConfig(options.home);
  const { jurisdiction } = config;
  if (jurisdiction === undefined) {
    throw new CommandError(
      "this member answers for no jurisdiction: it has nothing to import · 本节点不应答任何辖区",
    );
  }
  const catalogue = await loadCatalogue(config);
  const store = openStore(config.store);
  try {
    const importing = { home: options.home, item: options.item, store, catalogue, jurisdiction };
    const reports: Imported[] = [];
    for (const file of files) reports.push(await importOne(file, importing));
    return options.json ? JSON.stringify(reports) : reports.map(describe).join("\n\n");
  } finally {
    store.close();
  }
}

interface Imported extends ImportReport {
  /** The sender's report, when rows were kept back. */
  readonly quarantineReport?: string;
}

async function importOne(path: string, importing: Importing): Promise<Imported> {
  const { home, item, store, catalogue, jurisdiction } = importing;
  const imported = await importFile(path, {
    ...(item !== undefined && { item }),
    store,
    catalogue,
    jurisdiction,
    now: Date.now,
  });
  if (!imported.ok) {
    const { zh, en } = describeImportFault(imported.error);
    throw new CommandError(`${path}: ${zh} · ${en}`);
  }
  const report = imported.value;
  const definition = catalogue.items.get(report.item);
  if (report.quarantined === 0 || definition === undefined) return report;
  const folder = join(home, "quarantine");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const quarantineReport = join(folder, `${report.import}-${report.file}.csv`);
  await writeQuarantineReport(quarantineReport, { store, import: report.import, item: definition });
  return { ...report, quarantineReport };
}

/** At most this many bad rows are shown; the sender's report has them all. */
const shownRows = 10;

function describe(report: Imported): string {
  const lines = [
    `${report.file} → ${report.item}`,
    `  收到 received ${report.received} · 接收 accepted ${report.accepted} · 未变 unchanged ${report.unchanged} · ` +
      `重复 duplicates ${report.duplicates} · 隔离 quarantined ${report.quarantined}`,
  ];
  for (const { line, reasons } of report.rows.slice(0, shownRows)) {
    const why = reasons.map(({ field, reason }) => {
      const { zh, en } = describeReason(reason);
      return `${field ?? ""} ${zh} ${en}`.trim();
    });
    lines.push(`  行 line ${line}: ${why.join("; ")}`);
  }
  if (report.unknownColumns.length > 0)
    lines.push(`  未知栏目 unknown columns: ${report.unknownColumns.join(", ")}`);
  if (report.quarantineReport !== undefined) lines.push(`  隔离报告 report: ${report.quarantineReport}`);
  return lines.join("\n");
}
