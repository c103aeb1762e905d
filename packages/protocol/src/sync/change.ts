import { hash } from "node:crypto";
import { z } from "zod";
import { type CreditRecord, isGone, recordSchema } from "../record/index.ts";

/** Bytes of randomness in a line. */
export const saltBytes = 16;

const saltSchema = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

/** One new version of a record, at its place in the feed of the member that holds it (PR-SYNC §2). */
export const changeSchema = z.strictObject({
  /** 1, 2, 3 … without a gap. */
  seq: z.number().int().positive(),
  /** The hash of a line is seen by those who may not see the line: without it they could try out what it says. */
  salt: saltSchema,
  record: recordSchema,
});
export type Change = z.infer<typeof changeSchema>;

/** Longest line, in UTF-16 units. */
export const mostLineLength = 256 * 1024;

/** A change as it travels. */
export function changeLine(seq: number, salt: Uint8Array, record: CreditRecord): string {
  const whole: Change = { seq, salt: Buffer.from(salt).toString("base64url"), record: shared(record) };
  return JSON.stringify(whole);
}

/**
 * A record that is no longer disclosed travels as the bare fact that it is not: what it said goes to nobody any more
 * (《深圳经济特区社会信用条例》art. 81–82).
 */
function shared(record: CreditRecord): CreditRecord {
  return isGone(record) ? { ...record, subjectName: "", fields: {} } : record;
}

/** What a page's head knows a line by: SHA-256 of its bytes, base64url. */
export function lineHash(line: string): string {
  return hash("sha256", line, "base64url");
}
