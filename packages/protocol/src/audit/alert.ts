import { z } from "zod";
import { commitmentSchema } from "../commitment/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import { parseJson } from "../transport/index.ts";
import { foundLineSchema, logPlaceSchema } from "./search.ts";

/** What counts as unusual use; the thresholds are the city's. */
export const alertRules = [
  /** Far more lookups in an hour than the same hour of the same weekday used to have. */
  "unusual-volume",
  /** At night, on a holiday, on a weekend that is not worked. */
  "outside-hours",
  /** Very many subjects in a day for one purpose. */
  "many-subjects",
  /** One person looked up by many members in a day. */
  "watched-subject",
  /** A purpose that the member never used before. */
  "new-purpose",
] as const;
export type AlertRule = (typeof alertRules)[number];

const count = z.number().int().nonnegative();

/** Entries that an alert names at most; `count` is of all. */
export const alertEntries = 100;

export const alertIdSchema = z.string().regex(/^[0-9a-f]{32}$/);

const entriesSchema = z.array(count).max(alertEntries).readonly();

/** What was found, for everybody to read: it names no subject, nor which lookups are one subject's. */
export const alertSchema = z.strictObject({
  /** The same for the same finding, so that it is raised once. */
  alert: alertIdSchema,
  rule: z.enum(alertRules),
  /** Whose use it is; null when it is of many members. */
  member: nodeIdSchema.nullable(),
  from: z.iso.datetime({ precision: 3 }),
  to: z.iso.datetime({ precision: 3 }),
  count,
  /** What `count` reached. */
  threshold: z.number().nonnegative(),
});
export type Alert = z.infer<typeof alertSchema>;

/** Indexes of the entries that show it, as the text that its entry in the log commits to (`commitments.entries`). */
export const alertEntriesText = (entries: readonly number[]): string => JSON.stringify(entries);

/** Nothing when it is not such a text. */
export function readAlertEntries(text: string): readonly number[] | undefined {
  const parsed = parseJson(Buffer.from(text), entriesSchema);
  return parsed.ok ? parsed.value : undefined;
}

/** Body of `POST /v1/audit/alerts`: one with its entries, or what was raised, newest first. */
export const alertsRequestSchema = z.strictObject({
  alert: alertIdSchema.optional(),
  /** Only those that nobody has acknowledged. */
  open: z.boolean().default(false),
  limit: z.number().int().min(1).max(1_000).default(100),
});
export type AlertsRequest = z.output<typeof alertsRequestSchema>;

export const raisedAlertSchema = alertSchema.extend({
  /** Indexes of entries that show it: for auditors alone; none when what was kept about their subject was erased. */
  entries: entriesSchema,
  /** Of the entry that raised it. */
  index: count,
  at: z.iso.datetime(),
  /** Of the entry by which an auditor acknowledged it first. */
  acknowledged: count.optional(),
  /** Only when it was asked for alone. */
  lines: z.array(foundLineSchema).optional(),
});
export type RaisedAlert = z.infer<typeof raisedAlertSchema>;

export const alertsAnswerSchema = z.strictObject({ alerts: z.array(raisedAlertSchema), log: logPlaceSchema });
export type AlertsAnswer = z.infer<typeof alertsAnswerSchema>;

/** Body of `POST /v1/audit/acknowledgements`. What the auditor noted stays with the auditor. */
export const acknowledgementSchema = z.strictObject({
  alert: alertIdSchema,
  note: commitmentSchema.optional(),
});
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

export const acknowledgedSchema = z.strictObject({ alert: alertIdSchema, log: logPlaceSchema });
export type Acknowledged = z.infer<typeof acknowledgedSchema>;
