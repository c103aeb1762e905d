import { z } from "zod";

const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "lower-case letters, digits and hyphens");
export { nameSchema };

/** Files taken in with `xinqiao import`. */
export const fileSourceSchema = z.strictObject({ type: z.literal("file"), name: nameSchema });
export type FileSourceConfig = z.output<typeof fileSourceSchema>;
