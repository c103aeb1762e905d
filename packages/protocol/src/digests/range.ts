import { createHash } from "node:crypto";
import { z } from "zod";
import { sha256Schema } from "../reconciliation/index.ts";
import { type DigestEntry, digestEntrySchema, recordKeySchema } from "./entry.ts";

/** A range has one part for each hexadecimal digit that may follow its prefix. */
export const rangeParts = [..."0123456789abcdef"] as const;

/** Most entries of a range that is not divided. */
export const undivided = 16;

export const prefixSchema = z.string().regex(/^[0-9a-f]{0,63}$/);

const rangeDigestSchema = z.strictObject({
  count: z.number().int().nonnegative(),
  digest: sha256Schema,
});
export type RangeDigest = z.infer<typeof rangeDigestSchema>;

/** All records whose keys begin with a prefix; with their entries when they are few, else with the digest of each part. */
export const rangeSchema = z.strictObject({
  ...rangeDigestSchema.shape,
  entries: z.array(digestEntrySchema).max(undivided).optional(),
  parts: z.array(rangeDigestSchema).length(rangeParts.length).optional(),
});
export type Range = z.infer<typeof rangeSchema>;

/** The entries of one group, and the digests of its ranges as far as they were kept. */
export interface DigestBook {
  /** In the order of their keys, from those with this prefix that come behind a key, at most so many. */
  entries(prefix: string, limit: number, behind?: string): readonly DigestEntry[];
  /** What was kept of a range in which nothing has changed since. */
  kept(prefix: string): RangeDigest | undefined;
  keep(prefix: string, digest: RangeDigest): void;
}

/**
 * Whether a range is divided, and where, follows from what is in it: two that hold the same have the same digest, whatever
 * became of them on the way. A first byte keeps an undivided range from passing for a divided one (RFC 9162 §2.1.1).
 */
export function rangeOf(prefix: string, book: DigestBook): Range {
  const range = rangeWithin(prefix, book, { left: Number.POSITIVE_INFINITY });
  if (range === undefined) throw new Error("a range without end");
  return range;
}

/** How many more reads of entries there is time for. */
export interface Reads {
  left: number;
}

/**
 * The same in slices: undefined when there was no time for all of it. What was computed of it is kept, so that the next
 * slice goes on from there.
 */
export function rangeWithin(prefix: string, book: DigestBook, reads: Reads): Range | undefined {
  if (reads.left <= 0) return undefined;
  reads.left -= 1;
  const entries = [...book.entries(prefix, undivided + 1)];
  if (entries.length <= undivided) return { count: entries.length, digest: ofEntries(entries), entries };
  const parts: RangeDigest[] = [];
  for (const digit of rangeParts) {
    const part = digestWithin(`${prefix}${digit}`, book, reads);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return { count, digest: ofParts(parts), parts };
}

function digestWithin(prefix: string, book: DigestBook, reads: Reads): RangeDigest | undefined {
  const kept = book.kept(prefix);
  if (kept !== undefined) return kept;
  const range = rangeWithin(prefix, book, reads);
  if (range === undefined) return undefined;
  const { count, digest } = range;
  // One that is not divided costs a single read.
  if (count > undivided) book.keep(prefix, { count, digest });
  return { count, digest };
}

function ofEntries(entries: readonly DigestEntry[]): string {
  const hash = createHash("sha256").update(Buffer.of(0));
  for (const { key, content } of entries)
    hash.update(Buffer.from(key, "hex")).update(Buffer.from(content, "base64url"));
  return hash.digest("base64url");
}

function ofParts(parts: readonly RangeDigest[]): string {
  const hash = createHash("sha256").update(Buffer.of(1));
  for (const { digest } of parts) hash.update(Buffer.from(digest, "base64url"));
  return hash.digest("base64url");
}

/** Of what holds nothing. */
export const emptyRange: Range = { count: 0, digest: ofEntries([]), entries: [] };

/** Whether a range says itself what its digest says. */
export function isWhole({ count, digest, entries, parts }: Range): boolean {
  if (entries !== undefined) {
    const ordered = entries.every(({ key }, at) => at === 0 || key > (entries[at - 1]?.key ?? ""));
    return parts === undefined && ordered && count === entries.length && digest === ofEntries(entries);
  }
  return parts !== undefined && digest === ofParts(parts);
}

export const isKeyOf = (prefix: string, key: string): boolean =>
  recordKeySchema.safeParse(key).success && key.startsWith(prefix);
