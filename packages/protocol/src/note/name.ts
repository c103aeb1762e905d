import { z } from "zod";

/** C2SP signed-note: a key's name has no space of Unicode and no plus, and stands in a text without control characters. */
export const keyNameSchema = z
  .string()
  .regex(/^[^\p{White_Space}\p{Cc}\p{Cs}+]+$/u, "no space, no plus, no control character")
  .brand<"KeyName">();

/** Whose key it is, as every signature line begins: `sum.golang.org`, `xinqiao/sz-baoan`. */
export type KeyName = z.infer<typeof keyNameSchema>;
