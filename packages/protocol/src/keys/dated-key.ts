import { z } from "zod";
import { publicJwkSchema } from "./jwk.ts";

/** A signing key and when it counts. `notAfter` is set when it is rotated or revoked. */
export const datedKeySchema = z.strictObject({
  jwk: publicJwkSchema,
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime().optional(),
});
export type DatedKey = z.infer<typeof datedKeySchema>;

/** @param at milliseconds since 1970 */
export function isValidAt({ notBefore, notAfter }: Omit<DatedKey, "jwk">, at: number): boolean {
  return Date.parse(notBefore) <= at && (notAfter === undefined || at < Date.parse(notAfter));
}
