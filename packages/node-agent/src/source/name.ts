import { z } from "zod";

/** What a source is called in checks and logs. */
export const sourceNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "lower-case letters, digits and hyphens, 32 at most");
