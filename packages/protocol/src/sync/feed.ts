import { z } from "zod";
import { sha256Schema } from "../reconciliation/index.ts";

/** A member's own numbering of its changes. It begins anew, under a new id, when the member's store was put back. */
export const feedIdSchema = z.uuid().brand<"FeedId">();
export type FeedId = z.infer<typeof feedIdSchema>;

/** How far a feed was followed. */
export const feedPlaceSchema = z.strictObject({
  feed: feedIdSchema,
  /** The last change taken; 0 of a feed that has named none. */
  upTo: z.number().int().nonnegative(),
  /** Hash of the head of the page that ended with it. */
  head: sha256Schema,
});
export type FeedPlace = z.infer<typeof feedPlaceSchema>;
