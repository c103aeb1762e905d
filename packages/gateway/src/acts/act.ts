import { type LogEntryDraft, logEntrySchema } from "@xinqiao/protocol/log";
import { z } from "zod";

const kinds = ["member.invited", "enrolment.decided"] as const;

/** What an operator did at the command line that no version of the registry shows. */
export type Act = Extract<LogEntryDraft, { kind: (typeof kinds)[number] }>;

const stamp = { v: 1, at: "2000-01-01T00:00:00.000Z" };

/** An act is a log entry that is not stamped yet. */
export const actSchema: z.ZodType<Act> = z.looseObject({ kind: z.enum(kinds) }).transform((act, context) => {
  const parsed = logEntrySchema.safeParse({ ...stamp, ...act });
  if (parsed.success) {
    const { v: _v, at: _at, ...draft } = parsed.data;
    if (draft.kind === "member.invited" || draft.kind === "enrolment.decided") return draft;
  }
  context.addIssue("not an act that the log knows");
  return z.NEVER;
});
