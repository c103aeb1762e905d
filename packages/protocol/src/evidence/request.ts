import { z } from "zod";
import {
  coveredFields,
  fieldReader,
  type RequestHead,
  requestComponents,
  signatureBase,
} from "../signing/index.ts";

/** Field names as HTTP/2 writes them. */
export const headersSchema = z.record(z.string().regex(/^[a-z0-9-]+$/), z.string());

/** A signed request as it came: whoever has it can verify it again, as its recipient did. */
export const keptRequestSchema = z.strictObject({
  method: z.string(),
  targetUri: z.string(),
  /** Every field that is signed, with `signature` and `signature-input`. */
  headers: headersSchema,
  /** What was signed (RFC 9421 §2.5), as the recipient made it. */
  base: z.string(),
  /** The bytes of the body, which were UTF-8. */
  body: z.string(),
});
export type KeptRequest = z.infer<typeof keptRequestSchema>;

/** The head of a request that was kept, as it was received. */
export function keptHead({ method, targetUri, headers }: KeptRequest): RequestHead {
  return { method, targetUri, field: fieldReader(headers) };
}

/** Keeps a request that was verified. */
export function keepRequest(head: RequestHead, body: Uint8Array): KeptRequest {
  const covered = coveredFields(head.field, requestComponents);
  if (covered === undefined) throw new Error("only a request that was verified is kept");
  const made = signatureBase(covered.components, covered.parameters, head);
  if ("absent" in made) throw new Error("only a request that was verified is kept");
  return {
    method: head.method,
    targetUri: head.targetUri,
    headers: covered.headers,
    base: made.base,
    body: Buffer.from(body).toString("utf8"),
  };
}
