import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { subjectSchema } from "@xinqiao/protocol/identity";
import { isDisclosable } from "@xinqiao/protocol/record";
import { z } from "zod";
import type { Copy, Inbox } from "./inbox.ts";

/** `POST /v1/copies` of the local API. */
export const copiesRequestSchema = z.strictObject({
  subject: subjectSchema,
  items: z.array(itemCodeSchema).min(1).max(1_000),
});

/** What others have shared about a subject and may be used today: nothing that was repaired, withdrawn or has ended. */
export function copiesOf(
  { subject, items }: z.infer<typeof copiesRequestSchema>,
  { inbox, today }: { readonly inbox: Pick<Inbox, "of">; readonly today: () => string },
): { readonly copies: readonly Copy[] } {
  const day = today();
  return { copies: inbox.of(subject, items).filter(({ record }) => isDisclosable(record, day)) };
}
