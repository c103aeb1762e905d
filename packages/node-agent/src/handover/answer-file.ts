import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ItemCode } from "@xinqiao/protocol/catalogue";
import { exists, replaceFile } from "@xinqiao/runtime/files";
import { type ImportFault, type ImportOptions, importFile, writeQuarantineReport } from "../intake/index.ts";
import type { ImportCounts } from "../store/index.ts";
import { type Outcome, refusalOf, reportOf } from "./report.ts";
import { ownFiles } from "./taken-files.ts";

/** What became of a file, for whoever runs the agent: no more than may be logged. */
export type Answered =
  | { readonly outcome: Exclude<Outcome, "refused">; readonly item: ItemCode; readonly counts: ImportCounts }
  | { readonly outcome: "refused"; readonly code: ImportFault["code"] }
  /** Nothing was said to its sender: it is still being written, or the agent stops. It is taken up again. */
  | { readonly outcome: "later"; readonly code: ImportFault["code"] }
  | { readonly outcome: "gone" };

export type AnswerDependencies = Omit<ImportOptions, "item" | "onProgress" | "batchRows" | "giveWay">;

/**
 * A thread that serves waits for SQLite's lock, and sleeps longer each time that it finds it held. Measured on two
 * processors with 50,000 rows: 99 % of its writes wait less than 20 ms, the worst 130; with 500 rows and no pause 99 % less than
 * 55. Read in the serving thread itself, a file holds up everything by 60 ms, and 100.
 */
const batchRows = 100;
const pauseMs = 2;

const passing: readonly ImportFault["code"][] = ["import.file-changed", "import.cancelled"];

/**
 * Takes a file in and writes its reports beside it. The report for programs comes last and whole: where it is, the
 * file has been answered. Throws what the store or the disk throws; then the file is taken up again, which changes
 * nothing of what is held by then.
 */
export async function answerFile(folder: string, name: string, deps: AnswerDependencies): Promise<Answered> {
  const path = join(folder, name);
  const imported = (await isFile(path))
    ? await importFile(path, { ...deps, batchRows, giveWay: () => sleep(pauseMs) })
    : ({ ok: false, error: { code: "import.file-unreadable" } } as const);
  if (!(await exists(path))) return { outcome: "gone" };
  const answeredAt = new Date(deps.now()).toISOString();
  if (!imported.ok) {
    const { code } = imported.error;
    if (passing.includes(code)) return { outcome: "later", code };
    return refuseFile(folder, name, imported.error, answeredAt);
  }
  const item = deps.catalogue.items.get(imported.value.item);
  const report = reportOf(imported.value, item, answeredAt);
  const { received, accepted, unchanged, quarantined, duplicates } = imported.value;
  if (quarantined > 0 && item !== undefined) {
    const list = join(folder, ownFiles.keptBack);
    await rm(list, { force: true });
    await writeQuarantineReport(list, { ...imported.value, store: deps.store, item });
  }
  await writeReport(folder, report);
  const counts = { received, accepted, unchanged, quarantined, duplicates };
  return { outcome: report.outcome, item: imported.value.item, counts };
}

/** @param answeredAt an ISO instant */
export async function refuseFile(
  folder: string,
  name: string,
  fault: ImportFault,
  answeredAt: string,
): Promise<Answered & { readonly outcome: "refused" }> {
  const sha256 = await digestOf(join(folder, name)).catch(() => undefined);
  await writeReport(folder, refusalOf(name, sha256, fault, answeredAt));
  return { outcome: "refused", code: fault.code };
}

async function isFile(path: string): Promise<boolean> {
  return lstat(path).then(
    (state) => state.isFile(),
    () => false,
  );
}

async function writeReport(folder: string, report: object): Promise<void> {
  await replaceFile(join(folder, ownFiles.report), `${JSON.stringify(report, null, 2)}\n`, 0o600);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
