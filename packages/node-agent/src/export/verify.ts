import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import {
  type ExportProof,
  type exportProofFileSchema,
  foundLineSchema,
  openExportProof,
} from "@xinqiao/protocol/audit";
import {
  judgeQuorum,
  logOrigin,
  logVerifiers,
  openCheckpoint,
  type QuorumJudgement,
  type QuorumPolicy,
  verifyCosignatures,
  witnessOf,
} from "@xinqiao/protocol/checkpoint";
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
  /** A member's cosignature stands on the checkpoint that the member did not make. */
  | "cosignature-invalid"
  /** The lines do not give the tree hash that the proof says. */
  | "entries-differ";

export interface VerifiedExport {
  readonly proof: ExportProof;
  /** Which organisations have cosigned the checkpoint. */
  readonly cosigners: QuorumJudgement;
}

/** Holds a file against the proof beside it, by the registry that this member has. */
export async function verifyExport(
  file: string,
  { proof: text, checkpoint: note }: z.output<typeof exportProofFileSchema>,
  { document, directory }: Pick<Registry, "document" | "directory">,
  policy: QuorumPolicy = { quorum: 0 },
): Promise<Result<VerifiedExport, ExportFinding>> {
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
  // Whoever has left or was suspended since may have witnessed then: its keys say until when they count.
  const witnesses = document.members.flatMap(({ node, keys }) => keys.map((key) => witnessOf(node, key)));
  const cosigned = verifyCosignatures(checkpoint.value.note, witnesses);
  if (!cosigned.ok) return err("cosignature-invalid");
  if (proof.file.format === "ndjson" && !(await givesEntries(file, proof))) return err("entries-differ");
  return ok({ proof, cosigners: judgeQuorum(iss, cosigned.value, policy) });
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
