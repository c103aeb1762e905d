import { revocationDoneSchema, revocationNoticeSchema, revocationOutcomes } from "@xinqiao/protocol/measures";
import { z } from "zod";
import type { RevocationBook } from "./port.ts";

const shownSchema = z.strictObject({
  number: z.number().int().positive(),
  notice: revocationDoneSchema.shape.notice,
  ...revocationNoticeSchema.omit({ iss: true, iat: true, member: true, report: true }).shape,
  /** Seconds since 1970. */
  askedAt: z.number().int(),
  /** `settled`: the city waits for no answer any more, and none was given from here. */
  standing: z.enum(["open", "settled", ...revocationOutcomes]),
  on: revocationDoneSchema.shape.on.optional(),
  reason: revocationDoneSchema.shape.reason,
});
export type ShownRevocation = z.infer<typeof shownSchema>;

/** What this member was asked to revoke, the newest first. */
export const shownRevocationsSchema = z.strictObject({ revocations: z.array(shownSchema) });

export function listRevocations({ list }: Pick<RevocationBook, "list">): {
  readonly revocations: readonly ShownRevocation[];
} {
  const revocations = list().map(({ number, notice, claims, settled, answer }) => {
    const { exchange, source, record, matter, effect, dueOn, iat: askedAt } = claims;
    const standing = answer?.outcome ?? (settled ? ("settled" as const) : ("open" as const));
    const decided = answer && {
      on: answer.on,
      ...(answer.reason !== undefined && { reason: answer.reason }),
    };
    return {
      ...{ number, notice, exchange, source, record, matter, effect, dueOn, askedAt, standing },
      ...decided,
    };
  });
  return { revocations };
}
