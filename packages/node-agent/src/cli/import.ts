import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Catalogue, Item } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction } from "@xinqiao/protocol/identity";
import { CommandError, tableOf } from "@xinqiao/runtime/cli";
import { loadConfig } from "../config/index.ts";
import {
  describeImportFault,
  describeReason,
  type ImportReport,
  importFile,
  type RowReport,
  writeQuarantineReport,
} from "../intake/index.ts";
import { forgetKeptBack } from "../retention/index.ts";
import { type AgentStore, openStore } from "../store/index.ts";
import { heldCatalogue } from "./held-catalogue.ts";

export interface ImportOptions {
  readonly home: string;
  readonly item?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** What became of one file, for a program to read. */
type FileReport =
  | (ImportReport & { readonly ok: true; readonly quarantineFile?: string })
  | {
      readonly ok: false;
      readonly file: string;
      readonly code: string;
      readonly zh: string;
      readonly en: string;
    };

/** Bad rows shown on the terminal; the quarantine file has them all. */
const shownRows = 10;

/**
 * Takes files into the agent's store, each on its own: one that cannot be read does not keep the others
 * out, but the command ends with exit code 1.
 */
export async function importFiles(files: string[], options: ImportOptions): Promise<string> {
  const config = await loadConfig(options.home);
  if (config.jurisdiction === undefined) {
    throw new CommandError(
      "this member answers for no jurisdiction: it has no records to import · 本节点不应答任何辖区",
    );
  }
  const catalogue = await heldCatalogue(config);
  const store = openStore(config.store);
  try {
    await forgetKeptBack(store, config, Date.now());
    const exceptions = new Set(config.identifierExceptions);
    const { jurisdiction, quarantine } = config;
    const shared = { store, catalogue, jurisdiction, exceptions, quarantine };
    const reports: FileReport[] = [];
    for (const file of files) reports.push(await importOne(file, options, shared));
    const text = options.json
      ? JSON.stringify(reports, null, 2)
      : reports.map((report) => describe(report, catalogue)).join("\n\n");
    if (reports.some(({ ok }) => !ok)) process.exitCode = 1;
    return text;
  } finally {
    store.close();
  }
}

interface Shared {
  readonly store: AgentStore;
  readonly catalogue: Catalogue;
  readonly jurisdiction: Jurisdiction;
  readonly exceptions: ReadonlySet<string>;
  readonly quarantine: string;
}

async function importOne(path: string, { item, force }: ImportOptions, shared: Shared): Promise<FileReport> {
  const chosen = { ...(item !== undefined && { item }), force };
  const taken = await importFile(path, { ...shared, ...chosen, now: Date.now });
  if (!taken.ok)
    return { ok: false, file: path, code: taken.error.code, ...describeImportFault(taken.error) };
  const report = taken.value;
  const listed = shared.catalogue.items.get(report.item);
  if (report.quarantined === 0 || listed === undefined) return { ok: true, ...report };
  const quarantineFile = await writeKeptBack(report, listed, shared);
  return { ok: true, ...report, quarantineFile };
}

/** The list of the file's last import stands; it is the one its sender has to work through. */
async function writeKeptBack(
  report: ImportReport,
  item: Item,
  { store, quarantine }: Shared,
): Promise<string> {
  await mkdir(quarantine, { recursive: true, mode: 0o700 });
  const path = join(quarantine, `${report.file}.csv`);
  await rm(path, { force: true });
  await writeQuarantineReport(path, { ...report, store, item });
  return path;
}

function describe(report: FileReport, catalogue: Catalogue): string {
  if (!report.ok)
    return `${report.file}\n  未导入 not taken in: ${report.zh} · ${report.en} (${report.code})`;
  const name = catalogue.items.get(report.item)?.name;
  const notes = [
    ...(report.superseded > 0 ? [describeSuperseded(report.superseded)] : []),
    ...(report.overridden > 0 ? [describeOverridden(report.overridden)] : []),
    ...(report.unknownColumns.length > 0
      ? [`  未导入的栏目 columns left out: ${report.unknownColumns.join(", ")}`]
      : []),
    ...(report.ignoredSheets.length > 0
      ? [`  未读取的工作表 sheets not read: ${report.ignoredSheets.join(", ")}`]
      : []),
    ...report.rows.slice(0, shownRows).map(describeRow),
    ...(report.quarantined > shownRows ? [`  … 共 ${report.quarantined} 行 rows`] : []),
    ...(report.quarantineFile === undefined ? [] : [`  隔离清单 rows kept back: ${report.quarantineFile}`]),
  ];
  const head = `${report.file} → ${report.item} ${name?.zh ?? ""} ${name?.en ?? ""} (${report.encoding ?? report.format})`;
  return [head, countsTable(report), ...notes].join("\n");
}

function countsTable({ received, accepted, unchanged, quarantined, duplicates }: ImportReport): string {
  return tableOf(
    ["收到 received", "采纳 accepted", "无变化 unchanged", "隔离 quarantined", "重复 duplicates"],
    [[received, accepted, unchanged, quarantined, duplicates]],
  );
}

function describeSuperseded(rows: number): string {
  return `  无变化中有 ${rows} 行本文件以前已报送过，其记录其后已变更，保持现状（--force 恢复为本文件内容） · of the unchanged, ${rows} rows say what this file has said before, and their records have changed since: they stay (--force takes them)`;
}

function describeOverridden(rows: number): string {
  return `  采纳中有 ${rows} 行以前被隔离，其记录其间由其他文件或途径写入不同内容，现已改为本文件内容；较新的内容须以 --force 重新导入 · of the accepted, ${rows} rows were kept back before, and their records have been brought otherwise meanwhile: they say what this file says now (where the other is newer, import that file with --force)`;
}

/** Line, column and reason; never the value. */
function describeRow({ line, reasons }: RowReport): string {
  const texts = reasons.map(({ field, reason }) => {
    const { zh, en } = describeReason(reason);
    return `${field === undefined ? "" : `${field} `}${zh} · ${en}`;
  });
  return `  第 ${line} 行 line ${line}: ${texts.join("; ")}`;
}
