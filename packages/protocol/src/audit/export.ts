import { z } from "zod";
import { nodeIdSchema } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { countsAt, type Directory } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { criteriaSchema, criterionNames, openCriteriaSchema } from "./criteria.ts";
import { logHeadSchema } from "./search.ts";

export const exportType = "xinqiao-export+jws";
export const exportFormats = ["csv", "xlsx", "ndjson"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Lines that one export has at most: whoever needs more takes them month by month. */
export const exportLines = 100_000;

const count = z.number().int().nonnegative();

const fileSchema = z.strictObject({ format: z.enum(exportFormats), sha256: sha256Schema });

/** Body of `POST /v1/audit/exports`: a file that was made from a search, for the gateway to vouch for. */
export const exportRequestSchema = z.strictObject({
  criteria: criteriaSchema,
  /** Entries that the log had. */
  size: count.min(1),
  lines: count.max(exportLines),
  /** RFC 9162 tree hash over the leaves of its entries, in the order of the file. */
  entries: sha256Schema,
  file: fileSchema,
});
export type ExportRequest = z.infer<typeof exportRequestSchema>;

/** The gateway's word that a file holds all that a search found, and nothing else: the payload of its JWS. */
export const exportProofSchema = z.strictObject({
  iss: nodeIdSchema,
  /** The auditor. */
  aud: nodeIdSchema,
  /** Seconds since 1970. */
  iat: count,
  /** What was searched by; a subject and a case's reference are left out, and only named among `by`. */
  criteria: openCriteriaSchema,
  by: z.array(z.enum(criterionNames)),
  lines: count,
  entries: sha256Schema,
  file: fileSchema,
  head: logHeadSchema,
  /** Index of the entry `audit.exported`. */
  index: count,
});
export type ExportProof = z.infer<typeof exportProofSchema>;

export const exportAnswerSchema = z.strictObject({ proof: z.string() });

/** What lies beside an exported file. */
export const exportProofFileSchema = z.strictObject({
  /** JWS of the gateway. */
  proof: z.string(),
  /** The signed note of the checkpoint that it was made under, as text. */
  checkpoint: z.string(),
});

export function signExportProof(proof: ExportProof, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(proof)), exportType, signer);
}

/** Opens a proof by keys that counted when it was made: it is held against a file years later. */
export function openExportProof(text: string, directory: Pick<Directory, "key">): Result<ExportProof, Fault> {
  const invalid = (detail: string) => err(fault("gateway.response-invalid", detail));
  const jws = readCompact(text, exportType);
  if (jws === undefined) return invalid("no proof of an export");
  const known = directory.key(jws.keyId);
  const proof = exportProofSchema.safeParse(payloadOf(jws)).data;
  if (proof === undefined || known?.member.node !== proof.iss) return invalid("no proof of an export");
  const made = proof.iat * 1000;
  const counted = countsAt(known, made);
  return counted && verifyCompact(jws, known.verifier)
    ? ok(proof)
    : invalid("the proof is not signed by the gateway");
}
