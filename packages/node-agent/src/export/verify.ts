import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import {
  type ExportProof,
  type exportProofFileSchema,
  foundLineSchema,
  openExportProof,
} from "@xinqiao/protocol/audit";
import { logOrigin, logVerifiers, openCheckpoint } from "@xinqiao/protocol/checkpoint";
import type { Registry } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { z } from "zod";
import { createEntriesRoot } from "./entries-root.ts";

export type ExportFinding =
  /** Not the gateway's word, or of keys that the registry does not list. */
  | "proof-invalid"
  /** The file is not the one that was vouched for. */
  | "file-differs"
  /** Not a checkpoint of the log, or of another tree than the proof says. */
  | "checkpoint-invalid"
  /** The lines do not give the tree hash that the proof says. */
  | "entries-differ";

/** Holds a file against the proof beside it, by the registry that this member has. */
export async function verifyExport(
  file: string,
  { proof: text, checkpoint: note }: z.output<typeof exportProofFileSchema>,
  { document, directory }: Registry,
): Promise<Result<ExportProof, ExportFinding>> {
  const opened = openExportProof(text, directory);
  if (!opened.ok) return err("proof-invalid");
  const proof = opened.value;
  const { iss, head } = proof;
  if ((await sha256Of(file)) !== proof.file.sha256) return err("file-differs");
  const checkpoint = openCheckpoint(note, logOrigin(iss), logVerifiers(iss, document.log ?? []));
  if (!checkpoint.ok) return err("checkpoint-invalid");
  const { size, root } = checkpoint.value.checkpoint;
  if (size !== head.size || Buffer.from(root).toString("base64") !== head.root)
    return err("checkpoint-invalid");
  if (proof.file.format === "ndjson" && !(await givesEntries(file, proof))) return err("entries-differ");
  return ok(proof);
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest("base64url");
}

async function givesEntries(file: string, proof: ExportProof): Promise<boolean> {
  const entries = createEntriesRoot();
  let lines = 0;
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    entries.take(foundLineSchema.parse(JSON.parse(text)));
    lines += 1;
  }
  return lines === proof.lines && entries.root() === proof.entries;
}
