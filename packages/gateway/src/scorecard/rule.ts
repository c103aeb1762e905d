import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { z } from "zod";

/** Within how many working days of its decision a record has to be told, for decisions from a day on. */
export const timelinessRuleSchema = z.strictObject({
  from: z.iso.date(),
  items: z.array(itemCodeSchema).min(1),
  workingDays: z.number().int().positive().max(366),
});
export type TimelinessRule = z.infer<typeof timelinessRuleSchema>;

/** 双公示: licences and penalties, seven working days from the decision, which is the day of the item's `occurredOn` column. */
export const officialRules = [{ from: "2016-01-01", items: ["licence", "penalty"], workingDays: 7 }];
