import { z } from "zod";
import { labelSchema } from "./item.ts";

/** What lookups name a class by. */
export const classCodeSchema = z.string().min(1).max(64);

/** 目录大类: a class of items, perhaps within a larger one. */
export const classSchema = z.strictObject({
  code: classCodeSchema,
  name: labelSchema,
  /** The class it is part of. */
  parent: classCodeSchema.optional(),
});
export type Class = z.infer<typeof classSchema>;
