import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { z } from "zod";

export const manifestFile = "manifest.json";

/** What a backup holds, and of which log. */
export const manifestSchema = z.strictObject({
  v: z.literal(1),
  at: z.iso.datetime(),
  node: nodeIdSchema,
  log: z.strictObject({
    size: z.number().int().nonnegative(),
    /** RFC 9162 root, base64. */
    root: z.base64(),
    /** Entries that are in the archive beside the backups. */
    archived: z.number().int().nonnegative(),
  }),
  files: z.array(z.strictObject({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).readonly(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Every file of a folder with its hash, but for the manifest itself; links, as the archive is one, are not followed. */
export async function hashFiles(folder: string): Promise<Manifest["files"]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path !== manifestFile)
    .sort();
  const files: { path: string; sha256: string }[] = [];
  for (const path of paths) files.push({ path, sha256: await sha256(join(folder, path)) });
  return files;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
