import { z } from "zod";
import { sourceNameSchema } from "../name.ts";

/** The files taken in with `xinqiao import`. */
export const fileSourceSchema = z.strictObject({ type: z.literal("file"), name: sourceNameSchema });
export type FileSourceConfig = z.output<typeof fileSourceSchema>;
