import { readFile } from "node:fs/promises";
import { criteriaSchema } from "@xinqiao/protocol/audit";
import { ConfigError, parseConfig } from "@xinqiao/runtime/config";
import { replaceFile } from "@xinqiao/runtime/files";
import { z } from "zod";

/** A search kept under a name. Never a subject: whom somebody looks into is asked anew each time. */
const savedSchema = z.record(z.string().min(1).max(64), criteriaSchema.omit({ subject: true }));
export type SavedSearches = z.output<typeof savedSchema>;

/** The searches that an auditor keeps; they lie with its agent and nowhere else. */
export async function readSavedSearches(file: string): Promise<SavedSearches> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  const parsed = parseConfig(savedSchema, JSON.parse(text));
  if (!parsed.ok) throw new ConfigError(file, parsed.error);
  return parsed.value;
}

export async function writeSavedSearches(file: string, searches: SavedSearches): Promise<void> {
  await replaceFile(file, `${JSON.stringify(searches, null, 2)}\n`, 0o600);
}
