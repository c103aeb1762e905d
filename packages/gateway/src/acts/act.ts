import { erasureReasons, type LogEntryDraft, logEntrySchema } from "@xinqiao/protocol/log";
import { z } from "zod";
import type { Erasure } from "../log/index.ts";

const kinds = ["member.invited", "enrolment.decided", "audit.proved", "dead-letters.decided"] as const;

type EntryAct = Extract<LogEntryDraft, { kind: (typeof kinds)[number] }>;
type ErasureAct = Erasure & { readonly kind: "subject.erased" };

/** What an operator did at the command line that no version of the registry shows. */
export type Act = EntryAct | ErasureAct;

const stamp = { v: 1, at: "2000-01-01T00:00:00.000Z" };

/** Whom it is about is told by the tag alone: no identifier lies in a file. */
const erasureSchema: z.ZodType<ErasureAct> = z.strictObject({
  kind: z.literal("subject.erased"),
  tag: z.string().regex(/^[0-9a-f]{32}$/),
  reason: z.enum(erasureReasons),
});

/** Most acts are log entries that are not stamped yet. */
const entrySchema: z.ZodType<EntryAct> = z.looseObject({ kind: z.enum(kinds) }).transform((act, context) => {
  const parsed = logEntrySchema.safeParse({ ...stamp, ...act });
  if (parsed.success) {
    const { v: _v, at: _at, ...draft } = parsed.data;
    if (isEntryAct(draft)) return draft;
  }
  context.addIssue("not an act that the log knows");
  return z.NEVER;
});

const isEntryAct = (draft: LogEntryDraft): draft is EntryAct => kinds.some((kind) => kind === draft.kind);

export const actSchema = z.union([erasureSchema, entrySchema]);
