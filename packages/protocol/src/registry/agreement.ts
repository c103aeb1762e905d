import { z } from "zod";
import { type PurposeCode, purposeCodeSchema } from "../catalogue/index.ts";
import { isInForce } from "./peer.ts";

/** The first four digits of a GB/T 2260 code: a city with everything in it. */
const citySchema = z.string().regex(/^\d{4}$/, "the four digits of a city, e.g. 4403");

/** What two cities have agreed on: for which purposes members of each may ask members of the other, and how long. */
export const agreementSchema = z.strictObject({
  between: z.tuple([citySchema, citySchema]),
  purposes: z.union([z.literal("all"), z.array(purposeCodeSchema).min(1)]),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime().optional(),
});
export type Agreement = z.infer<typeof agreementSchema>;

/** A lookup from one division into another, or a copy that goes the other way. */
export interface Crossing {
  /** GB/T 2260 divisions of who asks and of who answers. */
  readonly from: string;
  readonly to: string;
  /** Undefined: a copy, which may be used for any. */
  readonly purpose: PurposeCode | undefined;
}

/**
 * Whether a lookup is within one city, or within what two cities have agreed on. A registry that lists no agreements
 * asks for none.
 * @param at milliseconds since 1970
 */
export function isAgreed(
  agreements: readonly Agreement[] | undefined,
  { from, to, purpose }: Crossing,
  at: number,
): boolean {
  const cities = [from.slice(0, 4), to.slice(0, 4)];
  if (agreements === undefined || cities[0] === cities[1]) return true;
  return agreements.some(
    (agreement) =>
      cities.every((city) => agreement.between.includes(city)) &&
      (agreement.purposes === "all" || (purpose !== undefined && agreement.purposes.includes(purpose))) &&
      isInForce(agreement, at),
  );
}
