import type { Purpose } from "../../catalogue/index.ts";
import { fault } from "../../problem/index.ts";
import type { Rule } from "../rule.ts";

/** A purpose is used only once it is live, and only on days on which its legal basis is in force. */
export const purposeLive: Rule = {
  name: "purpose-live",
  check: ({ purpose, today }) =>
    purpose.status === "live" && isInForce(purpose, today)
      ? undefined
      : fault("policy.purpose-not-live", undefined, { purpose: purpose.code }),
};

function isInForce({ validFrom, validUntil }: Purpose, today: string): boolean {
  return (validFrom === undefined || validFrom <= today) && (validUntil === undefined || today <= validUntil);
}
