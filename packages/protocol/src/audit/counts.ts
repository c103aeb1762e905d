import { z } from "zod";
import { criteriaSchema } from "./criteria.ts";
import { logHeadSchema, logPlaceSchema } from "./search.ts";

export const countPeriods = ["hour", "day", "week"] as const;
export type CountPeriod = (typeof countPeriods)[number];
export const countGroups = ["member", "purpose", "outcome"] as const;
export type CountGroup = (typeof countGroups)[number];

/** Rows that one answer has at most. */
export const countRows = 10_000;

/** Body of `POST /v1/audit/counts`: how many, by time and perhaps by one more thing. */
export const countsRequestSchema = z.strictObject({
  criteria: criteriaSchema.pick({ from: true, to: true, member: true, purpose: true, outcome: true }),
  /** Hours, days and weeks (from Monday) of the city's own clock. */
  every: z.enum(countPeriods),
  by: z.enum(countGroups).optional(),
});
export type CountsRequest = z.infer<typeof countsRequestSchema>;

export const countRowSchema = z.strictObject({
  /** When the period begins. */
  at: z.iso.datetime(),
  /** Which member, purpose or outcome; absent when not asked for, null where a line has none. */
  group: z.string().nullable().optional(),
  count: z.number().int().positive(),
});
export type CountRow = z.infer<typeof countRowSchema>;

export const countsAnswerSchema = z.strictObject({
  /** Oldest first; periods without any are left out. */
  rows: z.array(countRowSchema).max(countRows),
  /** Whether there would be more rows than an answer has. */
  cut: z.boolean(),
  head: logHeadSchema,
  log: logPlaceSchema,
});
export type CountsAnswer = z.infer<typeof countsAnswerSchema>;
