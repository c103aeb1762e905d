import { chmod, readFile, rename, rm, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { exists, replaceFile } from "@xinqiao/runtime/files";
import { z } from "zod";
import type { Places } from "./places.ts";
import { reportedSchema } from "./report.ts";
import { ownFiles, type TakenFile } from "./taken-files.ts";

const reports = [
  [ownFiles.keptBack, ".report.csv"],
  [ownFiles.report, ".report.json"],
] as const;

const handingBackSchema = z.strictObject({ to: z.enum(["done", "quarantine"]), name: z.string() });
type HandingBack = z.infer<typeof handingBackSchema>;

/**
 * Puts an answered file and its reports where their sender finds them; the report for programs comes last. Broken off
 * at any point it goes on under the same name: which one is noted before the file moves, and holds once it has.
 * Throws when the folder cannot be written; then the file stays where it is.
 */
export async function handBack({ folder, name }: TakenFile, places: Places, now: number): Promise<void> {
  const note = join(folder, ownFiles.handingBack);
  if (name !== undefined) {
    const chosen = await choose(folder, name, places, now);
    await replaceFile(note, JSON.stringify(chosen), 0o600);
    await rename(join(folder, name), join(places[chosen.to], chosen.name));
  }
  const { to, name: as } = handingBackSchema.parse(JSON.parse(await readFile(note, "utf8")));
  const { mode } = await stat(places[to]);
  for (const [own, suffix] of reports) {
    const report = join(folder, own);
    if (!(await exists(report))) continue;
    // Whoever finds the file finds out what became of it; but it may hold personal data, and is never everybody's.
    await chmod(report, mode & 0o660);
    await rename(report, join(places[to], `${as}${suffix}`));
  }
  await rm(folder, { recursive: true, force: true });
}

async function choose(folder: string, name: string, places: Places, now: number): Promise<HandingBack> {
  const report: unknown = JSON.parse(await readFile(join(folder, ownFiles.report), "utf8"));
  const to = reportedSchema.parse(report).outcome === "taken" ? "done" : "quarantine";
  return { to, name: await freeName(places[to], name, now) };
}

/** The file's own name, or with the time in it when there was one of that name: no report is ever written over. */
async function freeName(folder: string, name: string, now: number): Promise<string> {
  const [stem, extension] = partsOf(name);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  for (let n = 1; ; n += 1) {
    const free = [stem, ...(n > 1 ? [time] : []), ...(n > 2 ? [n - 1] : [])].join(".") + extension;
    const names = [free, ...reports.map(([, suffix]) => free + suffix)];
    const taken = await Promise.all(names.map((each) => exists(join(folder, each))));
    if (!taken.includes(true)) return free;
  }
}

/** Bytes that leave room for the time and a report's ending: file systems allow 255. */
const longestName = 200;
const longestExtension = 16;

function partsOf(name: string): readonly [stem: string, extension: string] {
  const found = extname(name);
  const extension = Buffer.byteLength(found) > longestExtension ? "" : found;
  let stem = name.slice(0, name.length - extension.length);
  while (stem !== "" && Buffer.byteLength(stem + extension) > longestName)
    stem = [...stem].slice(0, -1).join("");
  return [stem, extension];
}
