import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { checkSubject, nodeIdSchema, subjectSchema } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { disputeSchema, isDisclosable, recordSchema } from "@xinqiao/protocol/record";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { z } from "zod";
import type { Copy, Inbox } from "./inbox.ts";

/** `POST /v1/copies` of the local API. */
export const copiesRequestSchema = z.strictObject({
  subject: subjectSchema,
  items: z.array(itemCodeSchema).min(1).max(1_000),
});

/** What it answers. */
export const copiesSchema = z.object({
  copies: z.array(
    z.object({ source: nodeIdSchema, record: recordSchema, disputes: z.array(disputeSchema).optional() }),
  ),
});

export interface CopiesDependencies {
  readonly inbox: Pick<Inbox, "of">;
  readonly today: () => string;
  readonly identifierExceptions: ReadonlySet<string>;
}

/** What others have shared about a subject and may be used today: nothing that was repaired, withdrawn or has ended. */
export function copiesOf(
  { subject, items }: z.infer<typeof copiesRequestSchema>,
  { inbox, today, identifierExceptions: exceptions }: CopiesDependencies,
): Result<{ readonly copies: readonly Copy[] }, Fault> {
  // One that is mistyped must not pass for one that nothing is held of.
  if (!checkSubject(subject, { exceptions }).ok) return err(fault("lookup.subject-invalid"));
  const day = today();
  return ok({ copies: inbox.of(subject, items).filter(({ record }) => isDisclosable(record, day)) });
}
