import { z } from "zod";
import { keptResponseSchema, keptSchema } from "../evidence/index.ts";
import { err, ok, type Result } from "../result/index.ts";

/** An entry as it stands in the log, the proof of that, and whatever was kept beside it and may be shown. */
const bundledEntrySchema = z.strictObject({
  index: z.number().int().nonnegative(),
  /** The leaf, as text. */
  leaf: z.string(),
  /** RFC 9162 inclusion proof to the checkpoint: hashes in base64. */
  proof: z.array(z.string()).readonly(),
  kept: keptSchema.optional(),
  response: keptResponseSchema.optional(),
});
export type BundledEntry = z.infer<typeof bundledEntrySchema>;

/**
 * Everything it takes to judge one exchange, by itself and for ever: nothing has to be fetched, nobody asked. What is
 * believed is one key: the log's (PR-AUDIT §10).
 */
export const bundleSchema = z.strictObject({
  v: z.literal(1),
  exchange: z.uuid(),
  /** A signed note, with the cosignatures of members. */
  checkpoint: z.string(),
  /** By index: entries of the exchange, and those by which versions of registries were taken. */
  entries: z.array(bundledEntrySchema).min(1).readonly(),
  /** Those versions as they were signed, in the order of their entries. */
  registries: z.array(z.string()).readonly(),
});
export type Bundle = z.infer<typeof bundleSchema>;

/** The one text of a bundle: JSON without spaces, its fields in the order of the schema. */
export function formatBundle(bundle: Bundle): string {
  return JSON.stringify(bundleSchema.parse(bundle));
}

/** Reads it back. The error is for people. */
export function readBundle(text: string): Result<Bundle, { readonly zh: string; readonly en: string }> {
  const parsed = bundleSchema.safeParse(parse(text)).data;
  if (parsed === undefined)
    return err({ zh: "不是证据包，或已损坏", en: "this is no bundle, or it is damaged" });
  // A bundle has one text: what stands in the file beside what is checked would be checked by nobody.
  if (formatBundle(parsed) === text.replace(/\n$/, "")) return ok(parsed);
  return err({
    zh: "证据包的文本不是生成时的文本",
    en: "the bundle's text is not as it was written",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a member asks of the gateway: body of `POST /v1/audit/proofs`. */
export const proofRequestSchema = z.strictObject({ exchange: z.uuid() });
export type ProofRequest = z.infer<typeof proofRequestSchema>;
