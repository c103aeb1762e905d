import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { sampleNodeIds, sampleVersion } from "../data/index.ts";
import { SampleError } from "../sample-error.ts";
import { type Layout, layoutVersion } from "./layout.ts";

/** What a part's name stands for is finished, whole, when it is listed here; anything else is made anew. */
export const parts = ["members", ...sampleNodeIds, "import", "peer"] as const;
export type Part = (typeof parts)[number];

const manifestSchema = z.strictObject({
  sample: z.number().int(),
  /** The first had none. */
  layout: z.number().int().default(1),
  subjects: z.number().int().positive(),
  done: z.array(z.enum(parts)),
});
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * The data folder's manifest, made when the folder is new. A folder that holds something else, another
 * size or another version of the sample is refused rather than overwritten.
 * @param subjects as asked for; `undefined` takes what is there
 */
export async function openManifest(
  layout: Layout,
  subjects: number | undefined,
  otherwise: number,
): Promise<Manifest> {
  await mkdir(layout.data, { recursive: true });
  const text = await readFile(layout.manifest, "utf8").catch(() => undefined);
  if (text === undefined) return newManifest(layout, subjects ?? otherwise);
  const manifest = parse(text);
  if (manifest === undefined) {
    throw new SampleError(`${layout.manifest} cannot be read. ${remedy}`);
  }
  if (manifest.layout !== layoutVersion) {
    throw new SampleError(
      `${layout.data} was made by another version of this program. · 数据目录由本程序的另一版本生成。\n${remedy}`,
    );
  }
  if (manifest.sample !== sampleVersion || (subjects !== undefined && manifest.subjects !== subjects)) {
    throw new SampleError(
      `${layout.data} holds sample version ${manifest.sample} with ${manifest.subjects} subjects a node; asked for: ` +
        `version ${sampleVersion}, ${subjects ?? manifest.subjects} subjects. · 数据目录的样例版本或规模不符。\n${remedy}`,
    );
  }
  return manifest;
}

const remedy =
  "Add --fresh to make it anew, or name another folder with --data. · 加 --fresh 重建，或用 --data 另指目录。";

function parse(text: string): Manifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function newManifest(layout: Layout, subjects: number): Promise<Manifest> {
  // SQLite keeps a journal beside the lock.
  const others = (await readdir(layout.data)).filter((name) => !name.startsWith(basename(layout.lock)));
  if (others.length > 0) {
    throw new SampleError(
      `${layout.data} is not empty and was not made by this program; name another folder with --data. · 目录非空且不是样例数据目录，请用 --data 另指目录。`,
    );
  }
  const manifest: Manifest = { sample: sampleVersion, layout: layoutVersion, subjects, done: [] };
  await writeManifest(layout, manifest);
  return manifest;
}

/** What is done so far, on disk at every step. */
export interface Ledger {
  misses(part: Part): boolean;
  /** @param undoes a part that has to be done again because of it */
  finish(part: Part, undoes?: Part): Promise<void>;
}

export function openLedger(layout: Layout, manifest: Manifest): Ledger {
  const done = new Set(manifest.done);
  let writing = Promise.resolve();
  return {
    misses: (part) => !done.has(part),
    finish(part, undoes) {
      done.add(part);
      if (undoes !== undefined) done.delete(undoes);
      const next = { ...manifest, done: [...done] };
      writing = writing.then(() => writeManifest(layout, next));
      return writing;
    },
  };
}

/** In one step: a crash leaves the old manifest or the new one. */
async function writeManifest(layout: Layout, manifest: Manifest): Promise<void> {
  const next = `${layout.manifest}.next`;
  await writeFile(next, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(next, layout.manifest);
}
