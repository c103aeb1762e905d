import { z } from "zod";
import { criteriaSchema } from "./criteria.ts";

const count = z.number().int().nonnegative();

/** Lines that one page holds at most. */
export const searchPage = 1_000;

/** Where a page ended: the next one goes on behind it, in the log as it was for the first. */
export const searchPlaceSchema = z.strictObject({
  /** Milliseconds since 1970, and the index of its entry. */
  at: count,
  index: count,
  /** Entries that the log had for the first page. */
  size: count,
});
export type SearchPlace = z.infer<typeof searchPlaceSchema>;

/** Body of `POST /v1/audit/searches`. */
export const searchSchema = z.strictObject({
  criteria: criteriaSchema,
  limit: z.number().int().min(1).max(searchPage).default(100),
  /** The log as it was with so many entries; as it is now, unless said. A place says it too. */
  size: count.optional(),
  after: searchPlaceSchema.optional(),
});
export type Search = z.output<typeof searchSchema>;

/** Where a log stood. */
export const logHeadSchema = z.strictObject({ origin: z.string(), size: count, root: z.string() });
export type LogHead = z.infer<typeof logHeadSchema>;

/** One entry as it is hashed. */
export const foundEntrySchema = z.strictObject({ index: count, leaf: z.string() });

/** One use of the exchange, with what closed it, or any other entry. */
export const foundLineSchema = z.strictObject({ entries: z.array(foundEntrySchema).min(1).max(2) });
export type FoundLine = z.infer<typeof foundLineSchema>;

/** Where the log says something, and the tree that it stands in. */
export const logPlaceSchema = logHeadSchema.extend({ index: count });

/** What was found, newest first. */
export const searchAnswerSchema = z.strictObject({
  lines: z.array(foundLineSchema).max(searchPage),
  /** The tree that all of it stands in; what is newer was not searched. */
  head: logHeadSchema,
  /** Absent: there is no more. */
  next: searchPlaceSchema.optional(),
  /** Where the log says that this was asked. */
  log: logPlaceSchema,
});
export type SearchAnswer = z.infer<typeof searchAnswerSchema>;
