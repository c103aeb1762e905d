import { lstat } from "node:fs/promises";
import { openCriteriaSchema } from "@xinqiao/protocol/audit";
import { readConfig } from "@xinqiao/runtime/config";
import { absent, replaceFile } from "@xinqiao/runtime/files";
import { z } from "zod";

/** A search kept under a name. Never a subject or a case: what somebody looks into is asked anew each time. */
const savedSchema = z.record(z.string().min(1).max(64), openCriteriaSchema);
export type SavedSearches = z.output<typeof savedSchema>;

/** The searches that an auditor keeps; they lie with its agent and nowhere else. */
export async function readSavedSearches(file: string): Promise<SavedSearches> {
  // One that is there and cannot be read is no empty one: the next that is saved would take its place.
  const there = await lstat(file).catch(absent);
  return there === undefined ? {} : readConfig(savedSchema, file);
}

export async function writeSavedSearches(file: string, searches: SavedSearches): Promise<void> {
  await replaceFile(file, `${JSON.stringify(searches, null, 2)}\n`, 0o600);
}
