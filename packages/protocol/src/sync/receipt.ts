import { z } from "zod";
import { type NodeId, nodeIdSchema } from "../identity/index.ts";
import type { Signer } from "../keys/index.ts";
import { isCode } from "../problem/index.ts";
import { type Directory, openWord, signWord } from "../registry/index.ts";
import { feedPlaceSchema } from "./feed.ts";
import { pageLength } from "./page.ts";

/** Most refused changes that are named in one receipt: those of a whole page. */
export const mostRefused = pageLength;

/** A change that was not taken, and why. What follows it was. */
export const refusedChangeSchema = z.strictObject({
  seq: z.number().int().positive(),
  code: z.string().refine(isCode),
});
export type RefusedChange = z.infer<typeof refusedChangeSchema>;

export const refusedChangesSchema = z.array(refusedChangeSchema).max(mostRefused);

/** A holder's word that it has applied a source's changes up to a place, durably (PR-SYNC §4). */
export const receiptSchema = z.strictObject({
  /** The holder. */
  iss: nodeIdSchema,
  source: nodeIdSchema,
  ...feedPlaceSchema.shape,
  /** Seconds since 1970. */
  iat: z.number().int().nonnegative(),
  /** Of all pages since its holder's receipt before; the gateway's own are of the page that it ends with. */
  refused: refusedChangesSchema,
});
export type Receipt = z.infer<typeof receiptSchema>;

const receiptWord = { type: "xinqiao-receipt+jws", schema: receiptSchema };

export function signReceipt(receipt: Receipt, signer: Signer): Promise<string> {
  return signWord(receiptWord, receipt, signer);
}

/** Opens a receipt of the holder expected, signed with a key that counted then. */
export function openReceipt(
  text: string,
  holder: NodeId,
  directory: Pick<Directory, "key">,
): Receipt | undefined {
  return openWord(receiptWord, text, holder, directory);
}
