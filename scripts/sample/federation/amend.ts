import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

const objectSchema = z.looseObject({});

/** Replaces settings of a configuration file and leaves the others as an operator may have set them. */
export async function amend(file: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const before = await readFile(file, "utf8");
  const after = `${JSON.stringify({ ...objectSchema.parse(JSON.parse(before)), ...settings }, null, 2)}\n`;
  if (after === before) return;
  // Only its owner may read it: it may hold a password.
  await writeFile(`${file}.next`, after, { mode: 0o600 });
  await rename(`${file}.next`, file);
}
