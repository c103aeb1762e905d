import { readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { sampleItems } from "../data/index.ts";
import { fileForms } from "../platforms/index.ts";
import { runNode } from "../processes/index.ts";
import type { Layout } from "./layout.ts";

/** What became of one file of Bao'an's. */
export interface Intake {
  readonly file: string;
  readonly received: number;
  readonly accepted: number;
  readonly quarantined: number;
  /** The first rows kept back, as the report for the file's sender words them. */
  readonly keptBack: readonly KeptBack[];
  /** That report: every row kept back. */
  readonly quarantineFile?: string;
}

export interface KeptBack {
  readonly line: string;
  readonly column: string;
  readonly zh: string;
  readonly en: string;
}

const reportsSchema = z.array(
  z.object({
    file: z.string(),
    received: z.number(),
    accepted: z.number(),
    quarantined: z.number(),
    quarantineFile: z.string().optional(),
  }),
);

/** Half of all records are licences: two commands of about the same length show how far it is. */
const batches = [sampleItems.filter((item) => item !== "licence"), ["licence"]] as const;

/** Bao'an's operator takes the platform's files in with `xinqiao import`. */
export async function takeIn(
  layout: Layout,
  onBatch: (done: number, total: number) => void,
  signal: AbortSignal | undefined,
): Promise<Intake[]> {
  const home = layout.agent("sz-baoan");
  // What an interrupted import left would count as unchanged.
  for (const file of ["store.db", "store.db-wal", "store.db-shm"])
    await rm(join(home, file), { force: true });
  const intakes: Intake[] = [];
  for (const [at, batch] of batches.entries()) {
    const files = batch.map((item) => join(layout.platform("sz-baoan"), fileForms[item].name));
    const output = await runNode(
      layout.programs["node-agent"],
      ["import", ...files, "--home", home, "--json"],
      signal,
    );
    for (const report of reportsSchema.parse(JSON.parse(output))) intakes.push(await intakeOf(report));
    onBatch(at + 1, batches.length);
  }
  return intakes;
}

async function intakeOf(report: z.output<typeof reportsSchema>[number]): Promise<Intake> {
  const { file, received, accepted, quarantined, quarantineFile } = report;
  return {
    file: basename(file),
    received,
    accepted,
    quarantined,
    ...(quarantineFile === undefined
      ? { keptBack: [] }
      : { quarantineFile, keptBack: await firstKeptBack(quarantineFile) }),
  };
}

const shown = 10;
/** Line, column and the reason in both languages; the row as it was sent, which follows, is not for a screen. */
const reportLine = /^"(\d+)","([^"]*)","([^"]*)","([^"]*)"/gm;

async function firstKeptBack(quarantineFile: string): Promise<KeptBack[]> {
  const text = await readFile(quarantineFile, "utf8");
  return [...text.matchAll(reportLine)]
    .slice(0, shown)
    .map(([, line = "", column = "", zh = "", en = ""]) => ({ line, column, zh, en }));
}
