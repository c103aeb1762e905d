import { z } from "zod";
import { classSchema } from "./class.ts";
import { itemSchema } from "./item.ts";
import { purposeSchema } from "./purpose.ts";

/** What stands in a catalogue but the times and the links of the chain. */
export const contentShape = {
  classes: z.array(classSchema),
  items: z.array(itemSchema),
  purposes: z.array(purposeSchema),
};

/** Its shape alone: whether its parts fit together is `contradictions`' to say. */
export const catalogueContentSchema = z.strictObject(contentShape);
export type CatalogueContent = z.infer<typeof catalogueContentSchema>;
