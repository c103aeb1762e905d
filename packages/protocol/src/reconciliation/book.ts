import { createHash } from "node:crypto";
import { z } from "zod";

/** An exchange in a member's book: one that it asked, or one in which it answered. */
export const sides = ["asked", "answered"] as const;
export type Side = (typeof sides)[number];

/** SHA-256, base64url. */
export const sha256Schema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "32 bytes, base64url");

/** What came of an exchange for the member: of one asked what it was told, of a question whether it answered. */
export const whatSchema = z.strictObject({
  status: z.enum(["complete", "partial", "refused", "answered"]),
  /** Of what was told (`toldDigest`, `refusalDigest`), or of the answer itself; null where it cannot be known any more. */
  digest: sha256Schema.nullable(),
});
export type What = z.infer<typeof whatSchema>;

/** One line of a book. No subject, no record. */
export const bookEntrySchema = z.strictObject({
  side: z.enum(sides),
  exchange: z.uuid(),
  ...whatSchema.shape,
});
export type BookEntry = z.infer<typeof bookEntrySchema>;

export const sideSummarySchema = z.strictObject({
  count: z.number().int().nonnegative(),
  digest: sha256Schema,
});
export type SideSummary = z.infer<typeof sideSummarySchema>;

export const bookSummarySchema = z.strictObject({ asked: sideSummarySchema, answered: sideSummarySchema });
/** An hour of a book, by counts and digests. */
export type BookSummary = z.infer<typeof bookSummarySchema>;

/**
 * Counts and digests of one hour. Two books have the same summary if and only if they have the same lines, however
 * ordered: the digest is SHA-256 of the sorted lines.
 */
export function summarise(entries: readonly BookEntry[]): BookSummary {
  return { asked: summary(entries, "asked"), answered: summary(entries, "answered") };
}

function summary(entries: readonly BookEntry[], wanted: Side): SideSummary {
  const lines = entries.filter(({ side }) => side === wanted).map(lineOf);
  const hash = createHash("sha256").update(`xinqiao book v1 ${wanted}\n`);
  for (const line of lines.sort()) hash.update(line);
  return { count: lines.length, digest: hash.digest("base64url") };
}

export function lineOf({ exchange, status, digest }: BookEntry): string {
  return `${exchange.toLowerCase()} ${status} ${digest ?? "-"}\n`;
}

export function sameSummary(one: BookSummary, other: BookSummary): boolean {
  return sides.every(
    (side) => one[side].count === other[side].count && one[side].digest === other[side].digest,
  );
}
